"""Made-up workbooks for workbook.py, the same every time: `python books.py big|team|rows-COUNT-NIGHT FILE`.

big: one worksheet of orders, 1,000,000 rows of 8 columns, as Excel writes it: texts in the shared table, dates as
styled numbers. team: 29 sheets as a team has them (tables, formulas, charts, notes), about 2 MB. rows: the rows of a
tier sheet of 20 columns as they stood in a night, headers first, marshalled.
"""

from __future__ import annotations

import io
import marshal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

BIG_ROWS = 1_000_000
TEAM_SHEETS = 29
HEADERS = ("订单号", "客户编号", "下单日期", "金额", "数量", "产品", "渠道", "状态")
PRODUCTS = tuple(f"产品 {number:03d}" for number in range(200))
CHANNELS = ("门店", "电商", "电话", "经销商", "App & 小程序")
STATUSES = ("已完成", "已付款", "已退款")
TIERS = ("高价值", "成长", "普通", "沉睡")
OWNERS = tuple(f"销售{number:02d}" for number in range(1, 21))
TIER_HEADERS = (
    "客户编号", "客户名称", "负责人", "层级", "分数", "层级变化", "分数变化", "客群", "阶段", "RFM",
    "最近购买天数", "近12月订单", "近12月金额", "客单价", "复购率", "数据完整度", "累计金额", "价值层级",
    "最近联系", "标签",
)  # fmt: skip
SEGMENTS = ("重要价值客户", "重要发展客户", "重要保持客户", "一般客户")
STAGES = ("新客", "活跃", "休眠", "流失")
TAGS = ("大额、线上、企业", "降价敏感", "=按时付款", "VIP & 老客", "")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def main() -> int:
    kind, path = sys.argv[1], Path(sys.argv[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "big":
        make_big(path)
    elif kind.startswith("rows"):
        count, night = (int(word) for word in kind.split("-")[1:])
        path.write_bytes(marshal.dumps([TIER_HEADERS, *tier_rows(count, night)]))
    else:
        path.write_bytes(team_book())
    return 0


def tier_rows(count: int, night: int) -> Iterator[tuple[object, ...]]:
    """Rows of a tier sheet as they stood in a night: another night, other scores in another order."""
    for place in range(count):
        number = (place * 7919 + night * 31) % count + 1
        score = round(100 - 99 * place / count, 4)
        amount = round((number * 7.31 + night) % 90_000 + 0.37, 2)
        yield (
            f"C{number:07d}", f"客户{number:07d}有限公司", OWNERS[number % 20], TIERS[place * 4 // count], score,
            number % 3 - 1, round(score / 50 - 1, 3), SEGMENTS[number % 4], STAGES[number // 7 % 4],
            f"{number % 5 + 1}{number // 5 % 5 + 1}{number // 25 % 5 + 1}", number % 700, number % 40, amount,
            round(amount / (number % 40 + 1), 2), round(number % 101 / 100, 4), round(number % 7 / 6, 4),
            round(amount * 3.7, 2), TIERS[number % 4], 45_000 + number % 1_300, TAGS[number % 5],
        )  # fmt: skip


def make_big(path: Path) -> None:
    """Orders as Excel saves them."""
    words: dict[str, int] = {}

    def shared(text: str) -> int:
        return words.setdefault(text, len(words))

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        for name, content in _frame().items():
            book.writestr(name, content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetData>'.encode())
            cells = "".join(f'<c r="{"ABCDEFGH"[n]}1" t="s"><v>{shared(h)}</v></c>' for n, h in enumerate(HEADERS))
            rows = [f'<row r="1" spans="1:8">{cells}</row>']
            for number in range(2, BIG_ROWS + 2):
                rows.append(_order_xml(number, shared))
                if len(rows) == 5_000:
                    part.write("".join(rows).encode())
                    rows.clear()
            part.write(f"{''.join(rows)}</sheetData></worksheet>".encode())
        texts = "".join(f"<si><t>{word.replace('&', '&amp;')}</t></si>" for word in words)
        head = f'{_HEAD}<sst xmlns="{_MAIN}" count="{5 * BIG_ROWS}" uniqueCount="{len(words)}">'
        book.writestr("xl/sharedStrings.xml", f"{head}{texts}</sst>")


def _order_xml(number: int, shared: object) -> str:
    assert callable(shared)
    customer, place = number * 7919 % 50_000, f'{number}"'
    amount = round(number * 13.37 % 20_000 + 0.5, 2)
    return (
        f'<row r="{number}" spans="1:8"><c r="A{place} t="s"><v>{shared(f"D{number:08d}")}</v></c>'
        f'<c r="B{place} t="s"><v>{shared(f"C{customer:07d}")}</v></c>'
        f'<c r="C{place} s="1"><v>{44_500 + number % 1_700}</v></c><c r="D{place}><v>{amount!r}</v></c>'
        f'<c r="E{place}><v>{number % 9 + 1}</v></c><c r="F{place} t="s"><v>{shared(PRODUCTS[number % 200])}</v></c>'
        f'<c r="G{place} t="s"><v>{shared(CHANNELS[number % 5])}</v></c>'
        f'<c r="H{place} t="s"><v>{shared(STATUSES[number % 3])}</v></c></row>'
    )


def _frame() -> dict[str, str]:
    """The parts around one sheet."""
    kinds = {
        "workbook": ("/xl/workbook.xml", f"{_SPREADSHEET}.sheet.main+xml"),
        "worksheet": ("/xl/worksheets/sheet1.xml", f"{_SPREADSHEET}.worksheet+xml"),
        "styles": ("/xl/styles.xml", f"{_SPREADSHEET}.styles+xml"),
        "sharedStrings": ("/xl/sharedStrings.xml", f"{_SPREADSHEET}.sharedStrings+xml"),
    }
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds.values())
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{kinds[kind][0]}"/>'
        for n, kind in enumerate(("worksheet", "styles", "sharedStrings"), 1)
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="订单" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts><font/></fonts>'
        '<fills><fill><patternFill/></fill><fill><patternFill/></fill></fills>'
        '<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>'
        '<cellXfs><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }  # fmt: skip


def team_book() -> bytes:
    """29 sheets a team fills."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for number in range(1, TEAM_SHEETS + 1):
        sheet = book.add_worksheet(f"团队{number:02d}")
        sheet.add_table(0, 0, 1_500, 7, {"name": f"Team{number}", "columns": [{"header": h} for h in HEADERS]})
        for row in range(1, 1_501):
            key = row * 31 + number
            sheet.write_string(row, 0, f"D{number:02d}{row:06d}")
            sheet.write_string(row, 1, f"C{key % 5_000:07d}")
            sheet.write_number(row, 2, 45_000 + key % 1_000, day)
            sheet.write_number(row, 3, round(key * 13.37 % 9_000, 2), money)
            sheet.write_number(row, 4, key % 9)
            sheet.write_string(row, 5, PRODUCTS[key % 200])
            sheet.write_string(row, 6, CHANNELS[key % 5])
            sheet.write_string(row, 7, STATUSES[key % 3])
        sheet.write_formula(0, 9, "=SUM(D2:D1501)", money, 1)
        sheet.write_comment(1, 1, "请核对")
        sheet.conditional_format("D2:D1501", {"type": "data_bar"})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": f"=团队{number:02d}!$D$2:$D$40"})
        sheet.insert_chart("K3", chart)
    book.close()
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
