"""What a file is when it is not an .xlsx or .xlsm, told from its bytes, so that the refusal can say what to do."""

from __future__ import annotations

from ...errors import WorkbookError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
PLAIN = SPREADSHEET + "sheet.main+xml"
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
WORKBOOKS = {
    PLAIN: ".xlsx",
    MACROS: ".xlsm",
    SPREADSHEET + "template.main+xml": ".xltx",
    "application/vnd.ms-excel.template.macroEnabled.main+xml": ".xltm",
    "application/vnd.ms-excel.addin.macroEnabled.main+xml": ".xlam",
}
"""Content type of the main part -> the extension Excel insists on."""
_BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"


def refuse_other_containers(data: bytes) -> None:
    """Refuse an empty file and the older containers of office files.

    Raises:
        WorkbookError: empty, protected with a password, or a legacy .xls.
    """
    if not data:
        raise WorkbookError("workbook.empty")
    if data.startswith(_OLE):
        raise WorkbookError("workbook.encrypted" if _ENCRYPTED in data else "workbook.legacy_xls")


def refuse_other_packages(names: set[str]) -> None:
    """Refuse zips that hold no Office Open XML package.

    Args:
        names: the lower-case names of the files in the zip.

    Raises:
        WorkbookError: an OpenDocument spreadsheet, or no package at all.
    """
    if "[content_types].xml" in names:
        return
    raise WorkbookError("workbook.opendocument" if {"mimetype", "content.xml"} <= names else "workbook.not_a_workbook")


def refuse_other_documents(content_type: str | None) -> None:
    """Refuse packages whose main part is not a workbook in XML.

    Raises:
        WorkbookError: a binary workbook, or a document of another program.
    """
    if content_type == _BINARY:
        raise WorkbookError("workbook.binary")
    if content_type not in WORKBOOKS:
        raise WorkbookError("workbook.not_a_workbook")
