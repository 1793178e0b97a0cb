"""R, F and M: scores, five grades, eight classes, value matrix.

Every score is found once per distinct value and joined back, so equal values always get equal scores.

Percentiles without interpolation: a value that occurs in the data lies above the k/N percentile by linear
interpolation (Excel's PERCENTILE.INC) exactly when  N x (customers strictly below it) > k x (customers - 1).
For that percentile lies between the sorted values at positions floor and floor+1 of k (n-1)/N, counted from
0, and is below the upper one of the two unless they are equal. So whole numbers decide, on every engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..engine import Step, date_literal, text_literal
from ..model.types import Model, Rfm
from ..schema import MONEY_SCALE, QUANTITY_SCALE
from .portable import ceiling, first_case, floor, floor_of

LETTERS = ("r", "f", "m")


def rfm_steps(model: Model, as_of: dt.date) -> list[Step]:
    """Steps from `purchases` to `rfm` (buyers in the window only) and `rfm_matrix`."""
    return [_bands(model, as_of), _scored(as_of), _rfm(model.rfm), _matrix()]


def _values(as_of: dt.date) -> dict[str, str]:
    """The value behind each letter, over `purchases`: days since the last order, purchases (orders or lines, or
    thousandths of a piece), cents."""
    return {"r": f"DATE_DIFF('DAY', last_date, {date_literal(as_of)})", "f": "rfm_size", "m": "rfm_amount"}


def _scales(model: Model) -> dict[str, int]:
    """What one day, one purchase and one currency unit are in the values of R, F and M."""
    return {"r": 1, "f": QUANTITY_SCALE if model.param("count") == "quantity" else 1, "m": MONEY_SCALE}


def _bands(model: Model, as_of: dt.date) -> Step:
    rfm = model.rfm
    counted = "\n    UNION ALL\n    ".join(
        f"SELECT '{letter}' AS letter, {value} AS value, {'-' if letter == 'r' else ''}{value} AS worth, COUNT(*) AS n"
        f" FROM purchases WHERE rfm_orders > 0 GROUP BY {value}"
        for letter, value in _values(as_of).items()
    )
    score = _score(rfm, _scales(model))
    return Step(
        "rfm_bands",
        f"""-- One row per letter and distinct value of buyers in the window: score (1 to {rfm.levels}), high or low.
-- Method {rfm.method}, cut {rfm.cut}. n: buyers with it; worse: buyers with a worse one; total: sum over all.
SELECT letter, value, n, {score} AS score, {_high(rfm, score)} AS high
FROM (
  SELECT letter, value, n,
    SUM(n) OVER (PARTITION BY letter ORDER BY worth ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - n AS worse,
    SUM(n) OVER (PARTITION BY letter) AS buyers,
    SUM(value * n) OVER (PARTITION BY letter) AS total
  FROM (
    {counted}
  ) AS counted
) AS ranked""",
    )


def _score(rfm: Rfm, scales: Mapping[str, int]) -> str:
    if rfm.method == "quantile":
        return quantile_of("worse", "buyers", rfm.levels)
    if rfm.method == "rank":
        return f"1 + CAST(({rfm.levels} * worse) // buyers AS BIGINT)"
    arms = [(f"letter = '{letter}'", _fixed(rfm, letter, scales[letter])) for letter in LETTERS]
    return first_case(arms, "1")


def quantile_of(worse: str, count: str, bands: int) -> str:
    """1 + how many of the 1/N ... (N-1)/N percentiles lie strictly below a value `worse` others are under."""
    passed = (f"CASE WHEN {bands} * {worse} > {k} * ({count} - 1) THEN 1 ELSE 0 END" for k in range(1, bands))
    return " + ".join(["1", *passed])


def _fixed(rfm: Rfm, letter: str, scale: int) -> str:
    """Score by a table of breaks; on an edge the closed side decides. Fewer days score higher."""
    passed = []
    for edge in rfm.breaks.get(letter, ()):
        above = f"value > {floor(edge, scale)}" if rfm.closed == "right" else f"value >= {ceiling(edge, scale)}"
        passed.append(f"CASE WHEN {above} THEN 1 ELSE 0 END")
    first, sign = ("1", "+") if letter != "r" else (str(len(passed) + 1), "-")
    return f" {sign} ".join([first, *passed])


def _high(rfm: Rfm, score: str) -> str:
    """High or low by the raw value against its mean or median, or by the score."""
    if rfm.cut == "score":
        return f"CASE WHEN {score} >= {rfm.high_score} THEN 1 ELSE 0 END"
    if rfm.cut == "median":
        fewer_days, less = "2 * (buyers - worse - n) <= buyers - 1", "2 * worse > buyers - 1"
    else:
        mean = floor_of("total", "buyers")
        fewer_days, less = f"value <= {mean}", f"value > {mean}"
    return first_case([("letter = 'r'", f"CASE WHEN {fewer_days} THEN 1 ELSE 0 END"), (less, "1")], "0")


def _scored(as_of: dt.date) -> Step:
    values = _values(as_of)
    joins = "\n".join(
        f"JOIN rfm_bands AS {letter}_band ON {letter}_band.letter = '{letter}' AND {letter}_band.value = {value}"
        for letter, value in values.items()
    )
    scores = ",\n  ".join(
        f"CAST({letter}_band.score AS BIGINT) AS {letter}, {letter}_band.high AS {letter}_high" for letter in LETTERS
    )
    return Step(
        "rfm_scored",
        f"""-- One row per buyer in the window: R, F, M scores, high or low, and the money behind M (cents).
SELECT customer_id, rfm_amount AS amount,
  {scores}
FROM purchases
{joins}
WHERE rfm_orders > 0""",
    )


def _rfm(rfm: Rfm) -> Step:
    classes = [
        (f"r_high = {each.r} AND f_high = {each.f} AND m_high = {each.m}", text_literal(each.key))
        for each in rfm.classes
    ]
    return Step(
        "rfm",
        f"""-- One row per buyer in the window: scores, total, grade 1 to {rfm.levels} (by quintile of the total over
-- buyers), good (the top {rfm.good_grades} grades: 1 or 0), and the key of one of the eight classes.
SELECT customer_id, r, f, m, total AS rfm_total, CAST(grade AS BIGINT) AS rfm_grade,
  CASE WHEN grade > {rfm.levels - rfm.good_grades} THEN 1 ELSE 0 END AS good,
  {first_case(classes, "NULL")} AS segment
FROM rfm_scored
JOIN (
  SELECT total, {quantile_of("worse", "buyers", rfm.levels)} AS grade
  FROM (
    SELECT total, SUM(n) OVER (ORDER BY total ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - n AS worse,
      SUM(n) OVER (ORDER BY total ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS buyers
    FROM (SELECT r + f + m AS total, COUNT(*) AS n FROM rfm_scored GROUP BY r + f + m) AS counted
  ) AS ranked
) AS grades ON grades.total = r + f + m""",
    )


def _matrix() -> Step:
    return Step(
        "rfm_matrix",
        """-- One row per R and F that occur together: buyers, their mean M score and mean money (currency units).
SELECT r, f, COUNT(*) AS customers,
  CAST(SUM(m) AS DOUBLE) / COUNT(*) AS mean_m, CAST(SUM(amount) AS DOUBLE) / COUNT(*) / 100 AS mean_amount
FROM rfm_scored
GROUP BY r, f""",
        keep=False,
    )
