"""Precision and recall of the starting rules on labelled posts, by lane.

Every third post of each row is held out: it was written with the others, but no phrase was changed because of it. The same author
wrote rules and posts, so real posts will score worse. The floors are minimums for any change. `pytest -s` prints the table.
"""

from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.models import Lane
from forum.triage import rule_store
from forum.triage.detection import named_lists

LABELLED = load_yaml((Path(__file__).parent / "labelled.yaml").read_text())
FLOORS = {Lane.RED: (0.9, 0.95), Lane.AMBER: (0.9, 0.9)}  # recall, precision
HELD_OUT = 3


def rows(lane, rules):
    return [key for key in LABELLED if key in rules.rules and rules.rules[key].lane == lane]


def in_full(rules, text):
    return {found.rule.key for found in rules.find({"body": text}) if not found.softened}


def counts(rules, lane, held_out):
    """Count hits, misses and false positives among the posts of a lane's rows."""
    hit = missed = false = 0
    for row in rows(lane, rules):
        for kind in ("match", "near"):
            for number, text in enumerate(LABELLED[row][kind]):
                if (number % HELD_OUT == HELD_OUT - 1) is not held_out:
                    continue
                found = row in in_full(rules, text)
                hit += found and kind == "match"
                missed += not found and kind == "match"
                false += found and kind == "near"
    return hit, missed, false


def test_the_set_is_large_and_covers_every_row(rules):
    assert sum(len(row[kind]) for row in LABELLED.values() for kind in ("match", "near")) >= 300
    sheet = {key for key, rule in rules.rules.items() if rule.lane < Lane.GREEN}
    assert set(LABELLED) - {"GREEN"} == sheet
    assert [key for key in sheet if min(len(LABELLED[key]["match"]), len(LABELLED[key]["near"])) < 5] == []


@pytest.mark.parametrize("held_out", [True, False])
@pytest.mark.parametrize("lane", FLOORS)
def test_recall_and_precision_by_lane(rules, lane, held_out):
    hit, missed, false = counts(rules, lane, held_out)
    recall, precision = hit / (hit + missed), hit / (hit + false)
    which = "held out" if held_out else "seen"
    print(
        f"\n{lane.label} {which}: recall {recall:.3f} ({hit}/{hit + missed}), precision {precision:.3f} ({false} false)"
    )
    assert (recall >= FLOORS[lane][0], precision >= FLOORS[lane][1]) == (True, True)


def test_ordinary_posts_stay_green(rules):
    found = {text: in_full(rules, text) for text in LABELLED["GREEN"]["match"]}
    assert [text for text, keys in found.items() if any(rules.rules[key].lane < Lane.GREEN for key in keys)] == []


def test_every_rule_passes_its_own_examples(rules):
    lists = named_lists()
    found = {rule.key: rule_store.problems(rule, lists) for rule in rules.rules.values()}
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


def test_advice_contains_only_numbers_from_the_sheet(rules):
    words = " ".join(f"{rule.advice} {rule.note}" for rule in rules.rules.values())
    allowed = ["911", "988", "1-800-222-1222", "7–10 days", "7 to 10 days", "2 weeks", "under 18", "7-OH"]
    for known in allowed:
        words = words.replace(known, "")
    assert [word for word in words.split() if any(c.isdigit() for c in word)] == []
