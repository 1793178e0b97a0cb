"""Who rose or fell since the last time: the relation `moves` that conditions look at."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import Engine, quoted, text_literal
from ..model.types import Model

Previous = Mapping[str, tuple[str, float]]
"""Customer id -> (name of the tier it had, in any language, and its score), as the last refresh left them."""


def find_moves(engine: Engine, model: Model, previous: Previous) -> None:
    """Make `moves`: one row per customer (customer_id, previous_tier as its key, tier_move up, down, same or new).

    Without an earlier state nobody has moved and nobody is new: both columns are NULL. So are they for a customer
    whose earlier tier the main scale no longer has.
    """
    scale = model.scale(model.main_scale)
    keys = {word: tier.key for tier in scale.tiers for word in (tier.key, *tier.name.all())}
    rank = {tier.key: place for place, tier in enumerate(scale.tiers)}
    now = quoted(f"tier_{scale.key}")
    ranks = " ".join(f"WHEN {text_literal(key)} THEN {place}" for key, place in rank.items())
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE moves AS
SELECT tiers.customer_id, previous_tier,
  CASE WHEN {"1 = 0" if previous else "1 = 1"} THEN NULL
    WHEN earlier.customer_id IS NULL THEN 'new'
    WHEN previous_tier IS NULL THEN NULL
    WHEN CASE {now} {ranks} END > CASE previous_tier {ranks} END THEN 'up'
    WHEN CASE {now} {ranks} END < CASE previous_tier {ranks} END THEN 'down'
    ELSE 'same' END AS tier_move
FROM tiers LEFT JOIN (
  SELECT UNNEST(CAST(? AS VARCHAR[])) AS customer_id, UNNEST(CAST(? AS VARCHAR[])) AS previous_tier
) AS earlier ON earlier.customer_id = tiers.customer_id""",
        [list(previous), [keys.get(tier) for tier, _ in previous.values()]],
    )
