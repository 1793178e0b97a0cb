"""What complaints are about, told from the words in them."""

from __future__ import annotations

import datetime as dt

from ..engine import Step, date_literal, text_literal
from ..labels import Name
from ..schema import Choice
from .dates import months_back
from .portable import count_where


def _kind(key: str, zh: str, tw: str, en: str, words: str) -> Choice:
    return Choice(key, Name(zh, tw, en), tuple(words.split("|")))


COMPLAINT_KINDS = (
    _kind("quality", "产品质量", "產品品質", "Quality",
          "质量|品質|故障|破损|破損|损坏|損壞|坏了|壞了|卡纸|卡紙|漏粉|漏水|漏油|打不开|打不開|不能用|用不了|没反应|沒反應|失灵|失靈|死机|當機"
          "|瑕疵|次品|quality|broke|defect|fault|jam|crash|leak|does not work|not open|stopped working"),
    _kind("delivery", "物流交付", "物流交付", "Delivery",
          "到货|到貨|发货|發貨|出货|出貨|物流|快递|快遞|送货|送貨|配送|晚到|迟到|遲到|延迟|延遲|缺货|缺貨|少发|少發|错发|錯發|漏发|漏發"
          "|delivery|deliver|shipping|shipment|shipped|late|delay|out of stock|missing parts"),
    _kind("service", "服务响应", "服務回應", "Service",
          "客服|态度|態度|占线|忙线|忙線|没人接|沒人接|无人接|無人接|不回复|不回覆|回复慢|回覆慢|响应慢|回應慢|推诿|推諉"
          "|hotline|rude|busy|unfriendly|no answer|nobody answer|no reply|slow reply|response"),
    _kind("fitting", "安装维修", "安裝維修", "Installation and repair",
          "安装|安裝|师傅|師傅|上门|到府|改约|改約|维修|維修|返修|调试|調試|install|technician|fitter|repair|visit"),
    _kind("price", "价格", "價格", "Price",
          "价格|價格|涨价|漲價|太贵|太貴|偏贵|偏貴|报价|報價|降价|降價|price|pricing|expensive|overpriced|discount"),
    _kind("billing", "发票账务", "發票帳務", "Billing",
          "发票|發票|抬头|抬頭|开票|開票|对账|對帳|账单|帳單|多收|重复扣|重複扣|退款|invoice|invoiced|billing|billed|bill|refund|overcharge"),
)  # fmt: skip
"""Kinds with the words that tell them, in any language; a word in Latin letters is met at a word's beginning."""
OTHER = Choice("other", Name("其他", "其他", "Other"))
"""A complaint with none of the words, or without a text."""
KINDS = (*COMPLAINT_KINDS, OTHER)


def complaint_step(as_of: dt.date) -> Step:
    """The step `complaint_kinds`, from the cleaned `feedback`."""
    tests = {kind.key: _speaks_of(kind) for kind in COMPLAINT_KINDS}
    tests[OTHER.key] = " AND ".join(f"NOT ({test})" for test in tests.values())
    listed = "".join(f",\n  {count_where(test)} AS {key}" for key, test in tests.items())
    return Step(
        "complaint_kinds",
        f"""-- One row per customer who complained in the last 12 months: complaints, and how many speak of each kind of
-- trouble; one that speaks of two counts under both.
SELECT customer_id, COUNT(*) AS complaints{listed}
FROM (
  SELECT customer_id, ' ' || LOWER(COALESCE(text, '')) AS words
  FROM feedback
  WHERE kind = 'complaint' AND date > {date_literal(months_back(as_of, 12))} AND date <= {date_literal(as_of)}
) AS complained
GROUP BY customer_id""",
        of=("feedback",),
    )


def _speaks_of(kind: Choice) -> str:
    return " OR ".join(f"words LIKE {text_literal(_pattern(word))}" for word in kind.words)


def _pattern(word: str) -> str:
    return f"% {word}%" if word.isascii() else f"%{word}%"
