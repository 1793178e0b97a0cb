"""The sheets of the template book: their order, and who owns each."""

from __future__ import annotations

from . import theme

OWNER: dict[str, theme.Owner] = {
    "guide": "guide",
    "tiers": "ours", "tasks": "ours", "moves": "ours", "dashboard": "ours", "portraits": "ours",
    "customer_card": "ours",
    "customers": "data", "orders": "data", "interactions": "data", "feedback": "data", "renewals": "data",
    "referrals": "data", "people": "data", "overrides": "data",
    "model_scorecard": "model", "model_tiers": "model", "model_tags": "model", "model_segments": "model",
    "model_playbook": "model", "model_params": "model",
    "data_check": "ours", "duplicates": "ours", "audit": "ours", "review": "ours",
}  # fmt: skip

SHEET_KEYS: tuple[str, ...] = tuple(OWNER)
"""Order of the tabs in the template."""

OWNED = tuple(key for key, owner in OWNER.items() if owner == "ours")
"""Sheets a refresh replaces whole."""

ASKED_FOR = (
    "backtest", "allocation", "workload", "members", "member_grades", "redemptions",
    "review_summary", "review_causes", "review_trends", "review_actions", "review_people", "review_journey",
    "review_words",
)  # fmt: skip
"""Sheets of ours that no template has and no refresh writes: only the verb that is asked for one."""
