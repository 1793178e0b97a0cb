"""The worksheet functions: what a rep types into a cell.

Per customer (`Answers`): a cell, a column or a block of ids in, the same shape out. Blank in, blank out; an unknown
customer is #N/A, an argument that is not one of the words #VALUE!, a number out of range #NUM!, no scored book #REF!
(CUST_STAMP says why). `Table`: one answer of several rows, which spills. Nothing here calls back into Excel or is
volatile.

The annotations are ones xlwings knows, since it reads them at run time: it takes `object` for a handle. What each
function and argument says of itself is read from this file's text too (`signatures.py`).
"""

from __future__ import annotations

from typing import Any

import xlwings as xw

from . import answers
from .scored.session import current

CATEGORY = "客户分层 Customer Tiers"
Answers = list[list[Any]]
"""One answer per id, in the shape of the ids."""
Table = list[list[Any]]
"""Rows that spill from the cell."""

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
AS_OF = (
    "截至哪一天（日期），省略时为最近一次评分 / "
    "A date: the answers as last known on that day; omitted: the last refresh."
)
SEPARATOR = "标签之间的文字，省略时与分层表相同 / The text between two tags; omitted: as on the tier sheet."
ONE_TAG = "一个标签，任一语言的名称 / One tag, by its name in any language."
INDICATOR = "指标的键或任一语言的名称 / An indicator's key, such as recency_days, or its name in any language."
WORD = (
    "想了解的分层、评分卡、指标或标签的名称，省略时为得分的由来 / "
    "The scale, scorecard, indicator or tag to explain; omitted: the score."
)
ONLY_TIER = (
    "只要这一层级（任一分层方式、任一语言），省略时不限 / "
    "Only this tier, of any scale and in any language; omitted: all."
)
ONLY_TAG = "只要带有这一标签的客户，省略时不限 / Only customers with this tag; omitted: all."
ONLY_SEGMENT = (
    "只要这一 RFM 细分或自定义细分的客户，省略时不限 / Only this RFM class or segment of your own; omitted: all."
)
ONLY_OWNER = "只要这位负责人的客户，省略时不限 / Only customers of this owner; omitted: all."
TOP = "最多几位客户，1 或以上的整数，省略时为全部 / At most so many customers, a whole number from 1; omitted: all."
TASK_OWNER = "只要这位负责人的任务，省略时不限 / Only tasks of this owner; omitted: all."
DUE_BY = "只要这一天或之前到期的任务，省略时不限 / Only tasks due on or before this day; omitted: all."
SINCE = "与哪一天相比（日期），省略时为上次评分日 / Moves since this day; omitted: since the refresh of an earlier day."
BY = (
    "按什么汇总：层级、细分、阶段、负责人、区域、行业等，省略时为层级 / "
    "By what: tier, segment, stage, owner, region, industry and so on; omitted: tier."
)
TABLE = (
    "带标题行的区域，标题为指标的键或任一语言的名称 / "
    "A range whose first row names indicators by key or by name in any language."
)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("scale_name", err_to_str=True, doc=SCALE)
@xw.arg("as_of", err_to_str=True, doc=AS_OF)
def CUST_TIER(customer_id: Answers, scale_name: Any = None, as_of: Any = None) -> Answers:
    """每位客户的层级，形状与输入相同 / Tier of each customer, in the shape of the input."""
    return answers.tiers(current(), customer_id, scale_name, as_of)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("scorecard", err_to_str=True, doc=SCORECARD)
@xw.arg("as_of", err_to_str=True, doc=AS_OF)
def CUST_SCORE(customer_id: Answers, scorecard: Any = None, as_of: Any = None) -> Answers:
    """每位客户的得分（0 到 100） / Score of each customer in points, 0 to 100."""
    return answers.scores(current(), customer_id, scorecard, as_of)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_RFM(customer_id: Answers) -> Answers:
    """每位客户的 RFM 得分，没有订单则为空白 / R, F and M of each customer, such as 5-4-5; blank without orders."""
    return answers.column(current(), customer_id, "rfm")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_SEGMENT(customer_id: Answers) -> Answers:
    """每位客户的 RFM 八类细分，没有订单则为空白 / RFM class (of eight) of each customer; blank without orders."""
    return answers.column(current(), customer_id, "segment")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_STAGE(customer_id: Answers) -> Answers:
    """每位客户的生命周期阶段 / Life-cycle stage of each customer."""
    return answers.column(current(), customer_id, "stage")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("separator", err_to_str=True, doc=SEPARATOR)
def CUST_TAGS(customer_id: Answers, separator: Any = None) -> Answers:
    """每位客户的全部标签，连成一段文字 / All tags of each customer as one text."""
    return answers.tags(current(), customer_id, separator)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("tag", err_to_str=True, doc=ONE_TAG)
def CUST_HAS_TAG(customer_id: Answers, tag: Any) -> Answers:
    """每位客户是否带有某个标签 / Whether each customer has a tag: TRUE or FALSE."""
    return answers.has_tag(current(), customer_id, tag)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
@xw.arg("indicator", err_to_str=True, doc=INDICATOR)
def CUST_METRIC(customer_id: Answers, indicator: Any) -> Answers:
    """每位客户的一项指标值，没有数据则为空白 / One indicator's value for each customer; blank without data."""
    return answers.metrics(current(), customer_id, indicator)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_CLV(customer_id: Answers) -> Answers:
    """每位客户的预期终身价值（金额），没有数据则为空白 / Expected lifetime value of each customer in money."""
    return answers.added_column(current(), customer_id, "clv")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_CHURN(customer_id: Answers) -> Answers:
    """每位客户的流失风险（0 到 1） / Churn risk of each customer, 0 to 1; blank where nobody can say."""
    return answers.added_column(current(), customer_id, "churn_risk")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_GAP(customer_id: Answers) -> Answers:
    """每位客户距上一层级还差什么，用一句话 / What lifts each customer to the next tier, in one line."""
    return answers.gaps(current(), customer_id)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_NEXT(customer_id: Answers) -> Answers:
    """每位客户最该做的下一步行动，没有任务则为空白 / The most urgent task for each customer; blank without one."""
    return answers.next_steps(current(), customer_id)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=CUSTOMER)
def CUST_OWNER(customer_id: Answers) -> Answers:
    """每位客户的负责人 / Owner of each customer."""
    return answers.column(current(), customer_id, "owner")


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=ONE_CUSTOMER)
@xw.arg("word", err_to_str=True, doc=WORD)
def CUST_WHY(customer_id: Answers, word: Any = None) -> Table:
    """一位客户的得分从何而来，出错时说明原因 / Why one customer has the score; errors are told in words."""
    return answers.why(current(), customer_id, word)


@xw.func(category=CATEGORY)
@xw.arg("customer_id", ndim=2, err_to_str=True, doc=ONE_CUSTOMER)
def CUST_PROFILE(customer_id: Answers) -> Table:
    """一位客户的画像卡片，两列 / The portrait of one customer as a card of two columns."""
    return answers.profile(current(), customer_id)


@xw.func(category=CATEGORY)
@xw.arg("tier", err_to_str=True, doc=ONLY_TIER)
@xw.arg("tag", err_to_str=True, doc=ONLY_TAG)
@xw.arg("segment", err_to_str=True, doc=ONLY_SEGMENT)
@xw.arg("owner", err_to_str=True, doc=ONLY_OWNER)
@xw.arg("top", err_to_str=True, doc=TOP)
def CUST_LIST(tier: Any = None, tag: Any = None, segment: Any = None, owner: Any = None, top: Any = None) -> Table:
    """符合条件的客户名单，按得分从高到低 / The customers that meet the conditions, the highest score first."""
    return answers.listed(current(), tier, tag, segment, owner, top)


@xw.func(category=CATEGORY)
@xw.arg("tier", err_to_str=True, doc=ONLY_TIER)
@xw.arg("tag", err_to_str=True, doc=ONLY_TAG)
@xw.arg("segment", err_to_str=True, doc=ONLY_SEGMENT)
@xw.arg("owner", err_to_str=True, doc=ONLY_OWNER)
def CUST_COUNT(tier: Any = None, tag: Any = None, segment: Any = None, owner: Any = None) -> Any:
    """符合条件的客户有几位 / How many customers meet the conditions."""
    return answers.counted(current(), tier, tag, segment, owner)


@xw.func(category=CATEGORY)
@xw.arg("owner", err_to_str=True, doc=TASK_OWNER)
@xw.arg("due_by", err_to_str=True, doc=DUE_BY)
def CUST_TASKS(owner: Any = None, due_by: Any = None) -> Table:
    """未完成的跟进任务，最紧急的在前 / The follow-up tasks still to do, the most urgent first."""
    return answers.tasks(current(), owner, due_by)


@xw.func(category=CATEGORY)
@xw.arg("since", err_to_str=True, doc=SINCE)
def CUST_MOVES(since: Any = None) -> Table:
    """谁升了谁降了，由哪项指标引起 / Who rose or fell, and which indicator did it."""
    return answers.moves(current(), since)


@xw.func(category=CATEGORY)
@xw.arg("by", err_to_str=True, doc=BY)
def CUST_SUMMARY(by: Any = None) -> Table:
    """分组汇总：客户数、占比、金额、平均得分 / Customers, share, revenue and mean score of each group."""
    return answers.summary(current(), by)


@xw.func(category=CATEGORY)
@xw.arg("table_with_headers", ndim=2, err_to_str=True, doc=TABLE)
@xw.arg("scorecard", err_to_str=True, doc=SCORECARD)
def CUST_SCORE_TABLE(table_with_headers: Answers, scorecard: Any = None) -> Table:
    """给一张表打分：得分、层级、覆盖率 / Scores a pasted table: score, tier and coverage of each row."""
    return answers.score_table(current(), table_with_headers, scorecard)


@xw.func(category=CATEGORY)
def CUST_STAMP() -> str:
    """结果截至哪天、用哪套规则和哪份数据 / As of which day, by which rules and from which data the answers are."""
    return answers.stamped(current())
