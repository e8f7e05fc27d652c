"""core.params: what a query string may say and what is not read as a number or a time."""

from datetime import UTC, datetime

import pytest

from core.params import BIGINT_DIGITS, INTEGER_DIGITS, int_or_none, moment_or_none


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * BIGINT_DIGITS, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert int_or_none(text) == number


@pytest.mark.parametrize(
    "text", [None, "", " 1", "1 ", "-1", "+1", "1.0", "1_0", "1²", "١٢", "0x1", "x", "\0", "9" * 19, "9" * 5000]
)
def test_anything_else_is_none(text):
    assert int_or_none(text) is None


def test_the_number_of_digits_can_be_narrowed():
    assert int_or_none("9" * INTEGER_DIGITS, digits=INTEGER_DIGITS) == 999_999_999
    assert int_or_none("1" * (INTEGER_DIGITS + 1), digits=INTEGER_DIGITS) is None


@pytest.mark.parametrize(
    "text", ["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00 00:00", "2026-03-01T13:00:00+01:00"]
)
def test_a_moment_has_an_offset_whose_plus_may_arrive_as_a_space(text):
    assert moment_or_none(text) == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "now", "2026-03-01T12:00:00", "2026-13-01T12:00:00+00:00", "\0"])
def test_no_moment_without_an_offset_or_a_date(text):
    assert moment_or_none(text) is None
