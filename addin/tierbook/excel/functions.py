"""The worksheet functions: what a rep types into a cell.

Each takes a cell, a column or a block and answers in its shape. Blank in, blank out; an unknown customer
is #N/A, an argument that is not one of the words #VALUE!, a number too long for Excel #NUM!, no scored book
#REF! (CUST_STAMP says why). Nothing here calls back into Excel or is volatile.

The annotations are ones xlwings knows, since it reads them at run time: it takes `object` for a handle.
"""

from __future__ import annotations

from typing import Any

import xlwings as xw

from . import session

CATEGORY = "客户分层 Customer Tiers"

# What the function wizard says of each argument: one sentence, at most 255 characters.
CUSTOMER = (
    "客户编号：一个单元格、一列或一块区域，空白仍为空白 / Customer ids: a cell, a column or a block; blank stays blank."
)
ONE_CUSTOMER = "一位客户的编号 / The id of one customer."
SCALE = (
    "分层方式的键或任一语言的名称，省略时为主分层 / "
    "A scale's key, such as four, or its name in any language; omitted: the main scale."
)
SCORECARD = (
    "评分卡的键或任一语言的名称，省略时为主评分卡 / "
    "A scorecard's key, such as simple, or its name in any language; omitted: the main one."
)
SEPARATOR = "标签之间的文字，省略时与分层表相同 / The text between two tags; omitted: as on the tier sheet."
INDICATOR = "指标的键或任一语言的名称 / An indicator's key, such as recency_days, or its name in any language."


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("scale", err_to_str=True, doc=SCALE)
def CUST_TIER(customer_id: list[list[Any]], scale: Any = None) -> list[list[Any]]:
    """每位客户的层级，形状与输入相同 / Tier of each customer, in the shape of the input."""
    return session.current().tiers(customer_id, scale)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("scorecard", err_to_str=True, doc=SCORECARD)
def CUST_SCORE(customer_id: list[list[Any]], scorecard: Any = None) -> list[list[Any]]:
    """每位客户的得分（0 到 100） / Score of each customer in points, 0 to 100."""
    return session.current().scores(customer_id, scorecard)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_RFM(customer_id: list[list[Any]]) -> list[list[Any]]:
    """每位客户的 RFM 得分，没有订单则为空白 / R, F and M of each customer, such as 5-4-5; blank without orders."""
    return session.current().results(customer_id, "rfm")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_SEGMENT(customer_id: list[list[Any]]) -> list[list[Any]]:
    """每位客户的 RFM 八类细分，没有订单则为空白 / RFM class (of eight) of each customer; blank without orders."""
    return session.current().results(customer_id, "segment")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_STAGE(customer_id: list[list[Any]]) -> list[list[Any]]:
    """每位客户的生命周期阶段 / Life-cycle stage of each customer."""
    return session.current().results(customer_id, "stage")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("separator", err_to_str=True, doc=SEPARATOR)
def CUST_TAGS(customer_id: list[list[Any]], separator: Any = None) -> list[list[Any]]:
    """每位客户的全部标签，连成一段文字 / All tags of each customer as one text."""
    return session.current().tags(customer_id, separator)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("indicator", err_to_str=True, doc=INDICATOR)
def CUST_METRIC(customer_id: list[list[Any]], indicator: Any) -> list[list[Any]]:
    """每位客户的一项指标值，没有数据则为空白 / One indicator's value for each customer; blank without data."""
    return session.current().metrics(customer_id, indicator)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=ONE_CUSTOMER)
def CUST_WHY(customer_id: list[list[Any]]) -> list[list[Any]]:
    """一位客户的得分从何而来，每项指标一行 / Why one customer has the score: a row per indicator and their total."""
    return session.current().explained(customer_id)


@xw.func(category=CATEGORY)
def CUST_STAMP() -> str:
    """结果截至哪天、用哪套规则和哪份数据 / As of which day, by which rules and from which data the answers are."""
    return session.current().stamped()
