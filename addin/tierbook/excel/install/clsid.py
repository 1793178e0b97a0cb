"""The one COM class of tierbook, and the setting that tells the add-in to use it.

Where IT rules forbid Excel to start other programs, the Python side is started at logon instead
(`python -m tierbook.excel.com_server`) and waits under this class id. The add-in looks for the setting with
xlwings' `GetConfig("COM SERVER CLSID")`: filled, it connects with `GetObject("new:" & value)`; empty or missing, it
starts Python itself, as xlwings does.
"""

from __future__ import annotations

CLSID = "{7B1D4E52-93A6-4C0B-8F27-5E6A1C9D3B84}"
"""Fixed for all versions, so that a server of one version and an add-in of the next still find each other."""

SETTING = "COM SERVER CLSID"
"""Key of the setting in tierbook.conf; its value is CLSID with its braces."""

PROJECT = "tierbook"
"""xlwings' PROJECT_NAME in our .xlam: the settings are read from %USERPROFILE%\\.tierbook\\tierbook.conf."""
