"""The bound that an audit proves, against published tables and an independent computation."""

from __future__ import annotations

import math

import pytest

from tierbook.publish.proof import at_most, least_checked, upper_bound

PERCENT_AT_5_PERCENT_RISK = {
    20: (14.0, 21.7, 28.3), 25: (11.3, 17.7, 23.2), 30: (9.6, 14.9, 19.6), 35: (8.3, 12.9, 17.0),
    40: (7.3, 11.4, 15.0), 50: (5.9, 9.2, 12.1), 60: (4.9, 7.7, 10.2), 75: (4.0, 6.2, 8.2), 100: (3.0, 4.7, 6.2),
    125: (2.4, 3.8, 5.0), 150: (2.0, 3.2, 4.2), 200: (1.5, 2.4, 3.2),
}  # fmt: skip
"""Upper limits of the deviation rate for 0, 1 and 2 deviations, rounded up to a tenth of a percent: the table
"Statistical Sampling Results Evaluation" of the AICPA's guide Audit Sampling, 5 percent risk of overreliance."""


@pytest.mark.parametrize("checked", PERCENT_AT_5_PERCENT_RISK)
def test_the_bound_is_that_of_the_auditors_table(checked):
    bounds = [math.ceil(upper_bound(wrong, checked) * 1000 - 1e-9) / 10 for wrong in range(3)]
    assert tuple(bounds) == PERCENT_AT_5_PERCENT_RISK[checked]


@pytest.mark.parametrize(("wrong", "checked", "percent"), [(3, 150, 5.1), (5, 100, 10.3), (6, 150, 7.8)])
def test_more_values_of_the_table(wrong, checked, percent):
    assert math.ceil(upper_bound(wrong, checked) * 1000) / 10 == percent


@pytest.mark.parametrize(("wrong", "least"), [(0, 299), (1, 473), (2, 628), (3, 773)])
def test_the_least_sample_is_that_of_wilks(wrong, least):
    """299, 473, 628, 773: sizes for a 95 % / 99 % one-sided statement of orders 1 to 4 (Wilks 1941)."""
    assert least_checked(wrong, 0.01) == least
    assert upper_bound(wrong, least) <= 0.01 < upper_bound(wrong, least - 1)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("wrong", "checked"), [(0, 1), (0, 30), (1, 31), (7, 120), (40, 60), (2, 5000), (99, 100)])
def test_the_bound_is_the_quantile_of_the_beta_distribution(wrong, checked, confidence):
    from scipy.stats import beta

    assert upper_bound(wrong, checked, confidence) == pytest.approx(
        beta.ppf(confidence, wrong + 1, checked - wrong), abs=1e-12
    )


def test_the_edges():
    assert upper_bound(0, 0) == upper_bound(5, 5) == 1
    assert (at_most(0, 5, 0), at_most(4, 5, 1), at_most(5, 5, 1)) == (1, 0, 1)
    assert least_checked(0, 0) == least_checked(0, 1) == 0
