"""Canonical tables and columns: types, units, names in three languages, words people use for them.

Facts come in under many headers and leave under these names; every SQL step uses them.

Types and what the cleaned relation holds:
    id        VARCHAR: trimmed, NFKC, "1001.0" -> "1001", leading zeros kept
    text      VARCHAR
    choice    VARCHAR: one of `Column.choices` (the choice's key)
    date      DATE
    money     BIGINT: minor units (cents) of the book's currency
    quantity  BIGINT: thousandths of a piece
    number    DOUBLE
    count     BIGINT
    flag      BIGINT: 1 or 0
A cleaned table always has all its columns; a column nobody delivered holds NULLs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .labels import Name

Kind = Literal["id", "text", "choice", "date", "money", "quantity", "number", "count", "flag"]

SQL_TYPE: dict[Kind, str] = {
    "id": "VARCHAR", "text": "VARCHAR", "choice": "VARCHAR", "date": "DATE", "money": "BIGINT",
    "quantity": "BIGINT", "number": "DOUBLE", "count": "BIGINT", "flag": "BIGINT",
}  # fmt: skip

MONEY_SCALE = 100
QUANTITY_SCALE = 1000


@dataclass(frozen=True)
class Choice:
    """One value of a closed list: `key` in the engine, `name` for people, `words` other spellings met in files."""

    key: str
    name: Name
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    key: str
    kind: Kind
    name: Name
    words: tuple[str, ...] = ()
    """Other headers met in real files, any case; spaces, underscores and brackets do not matter."""
    required: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Table:
    key: str
    name: Name
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


def _c(key: str, kind: Kind, zh: str, tw: str, en: str, words: str = "", *, required: bool = False,
       choices: tuple[Choice, ...] = ()) -> Column:  # fmt: skip
    spellings = tuple(word.strip() for word in words.split("|") if word.strip())
    return Column(key, kind, Name(zh, tw, en), spellings, required, choices)


def _choice(key: str, zh: str, tw: str, en: str, words: str = "") -> Choice:
    return Choice(key, Name(zh, tw, en), tuple(word.strip() for word in words.split("|") if word.strip()))


KINDS = (
    _choice("retail", "零售", "零售", "Retail", "个人|零售客户|consumer|b2c"),
    _choice("enterprise", "企业", "企業", "Enterprise", "公司|企业客户|company|corporate|b2b"),
    _choice("channel", "渠道", "通路", "Channel", "渠道合作伙伴|经销商|代理商|partner|reseller|dealer"),
)
SIZES = (
    _choice("large", "大型", "大型", "Large", "大|大型企业|l|大企业"),
    _choice("medium", "中型", "中型", "Medium", "中|中型企业|m|中等"),
    _choice("small", "小型", "小型", "Small", "小|小型企业|微型|小微|s"),
)
REGIONS = (
    _choice("east", "华东", "華東", "East China"),
    _choice("south", "华南", "華南", "South China"),
    _choice("north", "华北", "華北", "North China"),
    _choice("central", "华中", "華中", "Central China"),
    _choice("southwest", "西南", "西南", "Southwest China"),
    _choice("northwest", "西北", "西北", "Northwest China"),
    _choice("northeast", "东北", "東北", "Northeast China"),
    _choice("overseas", "港澳台及海外", "港澳台及海外", "HK/Macao/Taiwan/overseas", "海外|国外|overseas"),
)
ORDER_STATUSES = (
    _choice("done", "完成", "完成", "Done",
            "已完成|交易成功|已发货|已付款|已签收|completed|complete|paid|shipped|won|closed won"),
    _choice("cancelled", "取消", "取消", "Cancelled", "已取消|作废|关闭|交易关闭|canceled|cancelled|void|cancel"),
    _choice("returned", "退货", "退貨", "Returned", "已退货|退款|已退款|refund|refunded|return|returned"),
)  # fmt: skip
CHANNELS = (
    _choice("phone", "电话", "電話", "Phone", "电话沟通|呼叫|来电|去电|call|tel|telephone"),
    _choice("online", "在线", "線上", "Online", "在线客服|在线聊天|微信|企业微信|qq|chat|wechat|im|online chat"),
    _choice("mail", "邮件", "郵件", "Mail", "电子邮件|邮箱|email|e-mail"),
    _choice("meeting", "会议", "會議", "Meeting", "拜访|面谈|上门|visit|onsite|会面"),
    _choice("website", "网站", "網站", "Website", "官网|web|site"),
    _choice("social", "社交", "社群", "Social", "社交媒体|微博|抖音|小红书|weibo|social media"),
)
INTERACTION_KINDS = (
    _choice("visit", "回访", "回訪", "Visit", "拜访|上门拜访|回访"),
    _choice("consult", "咨询", "諮詢", "Consultation", "客服咨询|问询|inquiry|enquiry"),
    _choice("view", "浏览", "瀏覽", "View", "页面浏览|browse|page view"),
    _choice("click", "点击", "點擊", "Click"),
    _choice("cart", "加购", "加入購物車", "Add to cart", "加入购物车|加购物车|add_to_cart"),
    _choice("abandon", "弃购", "放棄購物車", "Cart abandoned", "放弃购物车|购物车放弃"),
    _choice("training", "培训", "培訓", "Training", "参加培训|课程|workshop"),
    _choice("share", "分享", "分享", "Share", "转发|评论|点赞|like|comment"),
    _choice("event", "活动", "活動", "Event", "展会|沙龙"),
)
TOPICS = (
    _choice("product", "产品使用", "產品使用", "Product use", "使用问题|使用咨询|功能|how-to"),
    _choice("repair", "售后维修", "售後維修", "After-sales repair", "售后|维修|保修|repair|service"),
    _choice("cooperation", "合作咨询", "合作諮詢", "Cooperation", "合作|商务|代理咨询|business"),
)
LIFETIME_BASES = (
    _choice("fitted", "本公司数据", "本公司資料", "Own data", "拟合|fitted"),
    _choice("prior", "数据少", "資料少", "Few data", "先验|prior"),
)
"""Whether a lifetime's parameters were fitted to the company's own customers, or there are too few of these."""
FEEDBACK_KINDS = (
    _choice("nps", "NPS", "NPS", "NPS", "净推荐值|推荐意愿"),
    _choice("csat", "满意度", "滿意度", "CSAT", "满意度调查|满意度评分|satisfaction"),
    _choice("complaint", "投诉", "客訴", "Complaint", "客诉|抱怨"),
    _choice("suggestion", "建议", "建議", "Suggestion", "意见|意见建议"),
)
FEEDBACK_STATUSES = (
    _choice("open", "处理中", "處理中", "Open", "待处理|未处理|未解决|pending|new"),
    _choice("closed", "已解决", "已解決", "Closed", "已处理|完成|解决|resolved|done"),
)
RENEWED = (
    _choice("yes", "是", "是", "Yes", "已续约|续约|续费|y|true|1|renewed"),
    _choice("no", "否", "否", "No", "未续约|流失|不续|n|false|0|lost"),
    _choice("open", "待定", "待定", "Open", "未到期|跟进中|pending"),
)

CUSTOMERS = Table(
    "customers",
    Name("客户", "客戶", "Customers"),
    (
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID",
           "客户id|客户号|客户代码|会员编号|会员id|会员号|编号|customerid|customer|cust_id|client id|account id|id|user_id|客户ID",
           required=True),
        _c("name", "text", "客户名称", "客戶名稱", "Name",
           "客户|公司|公司名称|单位名称|客户名|企业名称|名称|姓名|会员姓名|customer name|company|account name|client"),
        _c("kind", "choice", "客户类型", "客戶類型", "Type", "类型|客户类别|业务类型|type|customer type", choices=KINDS),
        _c("industry", "text", "行业", "行業", "Industry", "所属行业|行业类别|sector"),
        _c("industry_code", "text", "行业代码", "行業代碼", "Industry code", "国标行业代码|gb/t4754"),
        _c("size", "choice", "企业规模", "企業規模", "Size", "规模|公司规模|company size", choices=SIZES),
        _c("region", "choice", "区域", "區域", "Region", "大区|销售区域|area|territory", choices=REGIONS),
        _c("province", "text", "省份", "省份", "Province", "省|所在省|所在省份|state"),
        _c("city", "text", "城市", "城市", "City", "市|所在城市|town"),
        _c("address", "text", "地址", "地址", "Address", "联系地址|公司地址|通讯地址|详细地址|收货地址|办公地址|注册地址|street|mailing address"),
        _c("contact", "text", "联系人", "聯絡人", "Contact", "联系人姓名|主要联系人|contact person|contact name"),
        _c("title", "text", "职位", "職稱", "Title", "职务|联系人职位|job title|position"),
        _c("phone", "text", "电话", "電話", "Phone", "手机|手机号|联系电话|电话号码|联系方式|mobile|tel|phone number"),
        _c("email", "text", "邮箱", "電子郵件", "Email", "电子邮箱|邮件地址|e-mail|mail|email address"),
        _c("credit_code", "text", "统一社会信用代码", "統一社會信用代碼", "Credit code", "信用代码|税号|tax id"),
        _c("owner", "text", "负责人", "負責人", "Owner",
           "客户经理|销售|业务员|跟进人|销售代表|所有人|负责销售|sales rep|account manager|rep|account owner"),
        _c("since", "date", "建档日期", "建檔日期", "Since", "创建日期|注册日期|建档时间|注册时间|created|sign up date|created time"),
        _c("birthday", "date", "生日", "生日", "Birthday", "出生日期|联系人生日|date of birth"),
        _c("source", "text", "客户来源", "客戶來源", "Source", "来源|获客渠道|lead source"),
        _c("followers", "count", "粉丝数", "粉絲數", "Followers", "粉丝数量|关注数"),
        _c("industry_outlook", "number", "行业前景", "行業前景", "Industry outlook", "行业前景分|行业景气度"),
        _c("birthday_lunar", "text", "农历生日", "農曆生日", "Lunar birthday", "阴历生日|陰曆生日|旧历生日|农历出生日期|chinese birthday"),
        _c("opt_out", "flag", "不接收营销", "不接收行銷", "No marketing",
           "拒收营销|不接受营销|免打扰|退订|已退订|拒收短信|拒收邮件|opt out|opt-out|optout|unsubscribed|do not contact|no mailing"),
    ),
)  # fmt: skip

ORDERS = Table(
    "orders",
    Name("订单", "訂單", "Orders"),
    (
        _c("order_id", "id", "订单号", "訂單號", "Order ID",
           "订单编号|订单|单号|销售单号|合同编号|发票号|invoiceno|invoice no|invoice|order no|order number|orderid|交易号"),
        _c("line_no", "id", "行号", "行號", "Line", "行项目|明细行|line no|line number|item no"),
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID",
           "客户id|客户号|客户代码|会员编号|会员id|会员号|customerid|customer id|customer|cust_id|client id|account id|user_id|客户|客户名称|买家"
           , required=True),
        _c("date", "date", "下单日期", "下單日期", "Order date",
           "日期|订单日期|下单时间|订单时间|成交日期|交易日期|交易时间|购买日期|付款时间|签约日期|invoicedate|invoice date|order date"
           "|orderdate|order_date|purchase date|date|created at|closing date", required=True),
        _c("amount", "money", "金额", "金額", "Amount",
           "订单金额|成交额|成交金额|实付金额|实付|销售额|消费金额|总金额|合计|金额(元)|金额（元）|合同金额|付款金额|total|sales|revenue|order amount"
           "|total amount|price total|amount (cny)", required=True),
        _c("unit_price", "number", "单价", "單價", "Unit price", "价格|unitprice|price|单价(元)|item price"),
        _c("quantity", "quantity", "数量", "數量", "Quantity", "件数|购买数量|销量|qty|units|pieces"),
        _c("product", "text", "产品", "產品", "Product",
           "商品|产品名称|商品名称|品名|stockcode|sku|item|product name|description|商品编码"),
        _c("category", "text", "品类", "品類", "Category", "类别|商品类别|产品类别|产品线|product category|category"),
        _c("channel", "text", "渠道", "通路", "Channel", "销售渠道|来源渠道|平台|sales channel|店铺"),
        _c("status", "choice", "状态", "狀態", "Status", "订单状态|交易状态|order status|stage", choices=ORDER_STATUSES),
        _c("currency", "text", "币种", "幣別", "Currency", "货币|currency code"),
        _c("cost", "money", "成本", "成本", "Cost", "成本金额|采购成本|cost amount"),
        _c("due_date", "date", "应付日期", "應付日期", "Due date", "应收日期|到期日|付款期限"),
        _c("paid_date", "date", "付款日期", "付款日期", "Paid date", "实付日期|回款日期|到账日期|payment date"),
        _c("is_renewal", "flag", "是否续费", "是否續費", "Renewal", "续费|续约"),
        _c("new_product", "flag", "是否新品", "是否新品", "New product", "新品|新产品"),
    ),
)  # fmt: skip

INTERACTIONS = Table(
    "interactions",
    Name("互动", "互動", "Interactions"),
    (
        _c("interaction_id", "id", "互动编号", "互動編號", "Interaction ID", "记录编号|跟进编号|编号|id|activity id"),
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID", "客户id|客户号|客户|customer|account id|会员编号", required=True),
        _c("date", "date", "日期", "日期", "Date", "互动日期|跟进日期|跟进时间|联系时间|时间|拜访日期|activity date|time", required=True),
        _c("channel", "choice", "渠道", "管道", "Channel", "互动渠道|跟进方式|联系方式|沟通方式|channel", choices=CHANNELS),
        _c("kind", "choice", "类型", "類型", "Kind", "互动类型|跟进类型|行为|事件|activity type|event", choices=INTERACTION_KINDS),
        _c("topic", "choice", "主题", "主題", "Topic", "问题类型|咨询类型|话题|issue type", choices=TOPICS),
        _c("note", "text", "内容", "內容", "Note", "备注|跟进内容|沟通内容|notes|comment|description"),
        _c("tone", "text", "语气", "語氣", "Tone", "情绪|态度|sentiment"),
    ),
)  # fmt: skip

FEEDBACK = Table(
    "feedback",
    Name("反馈", "回饋", "Feedback"),
    (
        _c("feedback_id", "id", "反馈编号", "回饋編號", "Feedback ID", "编号|工单号|问卷编号|id|ticket id"),
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID", "客户id|客户号|客户|customer|account id|会员编号", required=True),
        _c("date", "date", "日期", "日期", "Date", "反馈日期|提交日期|提交时间|评价日期|时间|created", required=True),
        _c("kind", "choice", "类型", "類型", "Kind", "反馈类型|问卷类型|工单类型|type", choices=FEEDBACK_KINDS),
        _c("score", "number", "评分", "評分", "Score", "分数|得分|满意度|星级|rating|score"),
        _c("text", "text", "内容", "內容", "Text", "反馈内容|意见|投诉内容|说明|comment|comments"),
        _c("status", "choice", "状态", "狀態", "Status", "处理状态|解决状态", choices=FEEDBACK_STATUSES),
    ),
)  # fmt: skip

REFERRALS = Table(
    "referrals",
    Name("转介绍", "轉介紹", "Referrals"),
    (
        _c("referrer_id", "id", "推荐人编号", "推薦人編號", "Referrer ID", "推荐人|介绍人|老客户编号|referrer", required=True),
        _c("referred_id", "id", "被推荐人编号", "被推薦人編號", "Referred ID", "被推荐人|新客户编号|referred", required=True),
        _c("date", "date", "日期", "日期", "Date", "推荐日期|介绍日期", required=True),
    ),
)  # fmt: skip
RENEWALS = Table(
    "renewals",
    Name("续约", "續約", "Renewals"),
    (
        _c("contract_id", "id", "合同号", "合約號", "Contract ID", "合同编号|合约编号|contract"),
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID", "客户id|客户号|客户|customer", required=True),
        _c("due_date", "date", "到期日", "到期日", "Due date", "合同到期日|续约日期|expiry date|end date", required=True),
        _c("renewed", "choice", "是否续约", "是否續約", "Renewed", "续约结果|续费结果|续约状态", choices=RENEWED),
    ),
)  # fmt: skip
PEOPLE = Table(
    "people",
    Name("人员", "人員", "People"),
    (
        _c("name", "text", "姓名", "姓名", "Name", "员工姓名|销售|业务员|负责人", required=True),
        _c("seniority", "text", "级别", "級別", "Seniority", "职级|资历"),
        _c("capacity", "count", "客户上限", "客戶上限", "Capacity", "最多客户数|容量"),
        _c("tasks_per_day", "count", "每日任务上限", "每日任務上限", "Tasks per day", "每日任务|日任务上限"),
        _c("regions", "text", "负责区域", "負責區域", "Regions", "区域"),
        _c("email", "text", "邮箱", "電子郵件", "Email", "电子邮箱|e-mail"),
        _c("boss", "text", "上级", "主管", "Boss", "主管|经理|manager"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.key: table for table in (CUSTOMERS, ORDERS, INTERACTIONS, FEEDBACK, REFERRALS, RENEWALS, PEOPLE)
}

RATES = Table(
    "rates",
    Name("汇率", "匯率", "Rates"),
    (
        _c("currency", "text", "币种", "幣別", "Currency", "货币|外币|currency code|code", required=True),
        _c("date", "date", "日期", "日期", "Date", "生效日期|起始日期|牌价日期|valid from|from|day", required=True),
        _c("rate", "number", "汇率", "匯率", "Rate", "中间价|折算率|换算率|exchange rate|value", required=True),
    ),
)
"""Rates of foreign currencies from a day on: units of the book's currency for one. They turn orders into money and
are no facts about customers."""

DELIVERABLE: dict[str, Table] = {**TABLES, RATES.key: RATES}
"""Everything that may be delivered as a file or a sheet."""

OVERRIDES = Table(
    "overrides",
    Name("手工调整", "手工調整", "Overrides"),
    (
        _c("customer_id", "id", "客户编号", "客戶編號", "Customer ID", required=True),
        _c("what", "text", "项目", "項目", "What", required=True),
        _c("value", "text", "值", "值", "Value", required=True),
        _c("owner", "text", "负责人", "負責人", "Owner", required=True),
        _c("reason", "text", "原因", "原因", "Reason", required=True),
        _c("expires", "date", "到期日", "到期日", "Expires"),
    ),
)
"""What people decide by hand; no fact, so it is read from the book's own sheet only."""


def table_named(key: str) -> Table | None:
    """A table of facts, or the one of decisions by hand."""
    return OVERRIDES if key == OVERRIDES.key else DELIVERABLE.get(key)
