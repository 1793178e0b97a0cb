"""How fast the work could be at best: `python limit.py read|group FOLDER`.

read: every value of the four files is read and used once. group: the grouping nobody can avoid, orders counted
once each and money summed per customer, and nothing else.
"""

from __future__ import annotations

import sys

import duckdb

TABLES = ("customers", "orders", "interactions", "feedback")


def read(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    for table in TABLES:
        columns = connection.execute(f"DESCRIBE FROM '{folder}/{table}.parquet'").fetchall()
        used = ", ".join(f'BIT_XOR(HASH("{column[0]}"))' for column in columns)
        connection.execute(f"SELECT {used} FROM '{folder}/{table}.parquet'").fetchall()


def group(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    connection.execute(
        f"""SELECT SUM(orders), MAX(last), SUM(cents) FROM (
          SELECT customer_id, COUNT(*) AS orders, MAX(date) AS last, SUM(cents) AS cents FROM (
            SELECT customer_id, order_id, MIN(date) AS date, SUM(CAST(ROUND(amount * 100) AS BIGINT)) AS cents
            FROM '{folder}/orders.parquet' GROUP BY customer_id, order_id
          ) GROUP BY customer_id)"""
    ).fetchall()


if __name__ == "__main__":
    with duckdb.connect() as opened:
        opened.execute("SET preserve_insertion_order = false")
        {"read": read, "group": group}[sys.argv[1]](opened, sys.argv[2])
