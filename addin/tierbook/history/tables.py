"""The ledger's tables, the same in SQLite and PostgreSQL.

Changes, not copies: a row of `stood` says that from a run on a customer stands so, a row of `task_event` that a task
is so, a blob of `measured` how one measure of all customers differs from the run before (see `numbers`), a blob of
`kpi` what a run was first to say of groups and periods (see `figures`), one of `moved` the moves it told of. Words and
customers are written once and go by number. Tasks are looked for by reading them all, so no index takes room for them.

A `moment` sorts the runs of a scope: day ordinal x 10,000 + how manieth run of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

VERSION = 2
"""Of these tables. A ledger of an earlier version is carried over by `migrations`, one of a later is refused."""
RUNS_A_DAY = 10_000


@dataclass(frozen=True)
class Tables:
    meta: sa.Table
    scope: sa.Table
    word: sa.Table
    customer: sa.Table
    run: sa.Table
    stood: sa.Table
    measured: sa.Table
    moved: sa.Table
    kpi: sa.Table
    task: sa.Table
    task_event: sa.Table
    model: sa.Table
    entry: sa.Table
    all: sa.MetaData


@cache
def tables() -> Tables:  # one line a column: the function reads as the schema
    import sqlalchemy as sa

    told = sa.MetaData()

    def key(name: str, kind: type[sa.types.TypeEngine[int]] | type[sa.types.TypeEngine[str]] = sa.Integer) -> sa.Column:  # type: ignore[type-arg]
        return sa.Column(name, kind, primary_key=True, autoincrement=False)

    def whole(name: str) -> sa.Column[int | None]:
        return sa.Column(name, sa.Integer)

    def words(name: str) -> sa.Column[str]:
        return sa.Column(name, sa.Text, nullable=False, default="")

    def moment() -> sa.Column[int]:
        return sa.Column("moment", sa.BigInteger, primary_key=True, autoincrement=False)

    def compact(name: str, *columns: sa.Column) -> sa.Table:  # type: ignore[type-arg]
        return sa.Table(name, told, *columns, sqlite_with_rowid=False)

    return Tables(
        meta=sa.Table("meta", told, key("name", sa.Text), words("value")),
        scope=sa.Table("scope", told, key("no"), sa.Column("name", sa.Text, nullable=False, unique=True)),
        word=sa.Table("word", told, key("no"), sa.Column("word", sa.Text, nullable=False, unique=True)),
        customer=sa.Table(
            "customer", told, key("scope"), key("no"), sa.Column("customer_id", sa.Text, nullable=False),
            sa.UniqueConstraint("scope", "customer_id"), sqlite_with_rowid=False,
        ),
        run=sa.Table(
            "run", told, key("scope"), moment(), sa.Column("as_of", sa.Date, nullable=False),
            words("model_version"), words("model_fingerprint"), words("data_fingerprint"), words("tierbook_version"),
            words("kept_at"), sa.Column("customers", sa.Integer, nullable=False),
        ),
        stood=compact(
            "stood", key("scope"), key("customer"), moment(), sa.Column("there", sa.Boolean, nullable=False),
            sa.Column("score", sa.BigInteger), whole("tier"), whole("segment"), whole("stage"), whole("owner"),
        ),
        measured=sa.Table(
            "measured", told, key("scope"), moment(), key("measure"), sa.Column("whole", sa.Boolean, nullable=False),
            sa.Column("data", sa.LargeBinary, nullable=False),
        ),
        moved=sa.Table("moved", told, key("scope"), moment(), sa.Column("data", sa.LargeBinary, nullable=False)),
        kpi=sa.Table("kpi", told, key("scope"), moment(), sa.Column("data", sa.LargeBinary, nullable=False)),
        task=compact(
            "task", key("scope"), key("no"), sa.Column("task_id", sa.Text, nullable=False),
            sa.Column("customer", sa.Integer, nullable=False), whole("play"), whole("channel"),
            whole("action"), words("reason"), sa.Column("created", sa.Date),
        ),
        task_event=compact(
            "task_event", key("scope"), key("task"), moment(), whole("status"), whole("owner"),
            sa.Column("due", sa.Date), whole("priority"), words("result"), words("next_step"),
            sa.Column("closed", sa.Date), whole("escalated"),
        ),
        model=sa.Table(
            "model", told, key("scope"), key("fingerprint", sa.Text), moment(), words("label"), words("toml"),
            sa.Column("since", sa.Date), words("applied_by"), sa.Column("applied_on", sa.Date),
        ),
        entry=sa.Table(
            "entry", told, key("scope"), key("book"), key("entry_id", sa.Text),
            sa.Column("place", sa.Integer, nullable=False), sa.Column("day", sa.Date, nullable=False),
            sa.Column("customer_id", sa.Text, nullable=False, index=True), words("data"), words("kept_at"),
        ),
        all=told,
    )  # fmt: skip
