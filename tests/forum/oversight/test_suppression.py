from collections import defaultdict
from itertools import product

import pytest

from forum.oversight.suppression import MIN_COUNT, Shown, suppress


def test_large_cells_are_shown_as_they_are():
    assert suppress({"a": 7, "b": 5}) == Shown(12, {"a": 7, "b": 5})


def test_a_small_cell_is_merged_with_the_smallest_large_one():
    assert suppress({"a": 100, "b": 30, "c": 3}) == Shown(133, {"a": 100}, ["b", "c"], 33)


def test_small_cells_with_a_large_enough_sum_are_merged_alone():
    assert suppress({"a": 100, "b": 4, "c": 3}) == Shown(107, {"a": 100}, ["b", "c"], 7)


def test_zero_counts_as_small():
    assert suppress({"a": 100, "b": 30, "c": 0}) == Shown(130, {"a": 100}, ["b", "c"], 30)


def test_a_total_below_five_shows_nothing():
    assert suppress({"a": 4, "b": 0}) == Shown(None, {}, ["a", "b"], 0)


@pytest.mark.parametrize("cells", [2, 3])
def test_no_number_below_five_is_shown_or_can_be_derived(cells):
    """For all small tables: even someone who knows the rule is left with two or more possible values for each merged cell."""
    names, answers = "abc"[:cells], defaultdict(list)
    for counts in product(range(9 if cells == 3 else 20), repeat=cells):
        shown = suppress(dict(zip(names, counts, strict=True)))
        numbers = [*shown.cells.values(), *([shown.merged_sum] if shown.total and shown.merged else [])]
        assert all(n >= MIN_COUNT for n in numbers)
        answers[repr(shown)].append((shown, dict(zip(names, counts, strict=True))))
    edge = 9 if cells == 3 else 20
    for found in answers.values():
        shown = found[0][0]
        if (shown.total or 0) < edge:  # for larger totals, not all tables were tried
            assert all(len({table[name] for _, table in found}) > 1 for name in shown.merged)
