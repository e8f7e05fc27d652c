"""Recall and precision by lane on posts by authors who had not seen the rules. `pytest -s` prints the table and the errors.

A post's lane is that of its most urgent match, as in the queue. An AMBER post in RED is caught, but counts as a false RED.
docs/triage.md has the figures before the rules were changed; the floors below are for the changed rules.
"""

from functools import cache
from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.models import Lane

LATER_ROWS = {
    "not-breathing",
    "violence-now",
    "medical-emergency",
    "worrying-words",
    "driving-and-machines",
}  # added after fresh.yaml was written
# A threat to kill and hands at the throat are RED since there is a row for violence now; the two posts were moved there.
# An exception lowers a match of a RED rule to AMBER and never undoes it, so posts about a loss long ago are in AMBER.
# That costs precision there, and is worth it: such a post is read a little sooner, and nobody is alarmed.
FLOORS = {  # recall, precision
    "fresh": {Lane.RED: (1, 0.9), Lane.AMBER: (0.9, 0.85)},
    "later": {Lane.RED: (0.2, 0.5), Lane.AMBER: (0.58, 0.6)},  # held out: what to expect for new posts, not a target
    "plain": {Lane.RED: (0.97, 0.95), Lane.AMBER: (0.95, 0.94)},
    "practice": {Lane.RED: (0.98, 0.9), Lane.AMBER: (0.9, 0.9)},
}


@cache
def posts(name):
    return load_yaml((Path(__file__).parent / f"{name}.yaml").read_text())


def lane_of(rules, post):
    return min((found.lane for found in rules.find({"body": post["text"]})), default=Lane.GREEN)


@pytest.mark.parametrize("name", FLOORS)
def test_every_row_of_the_sheet_is_covered(rules, name):
    sheet = {key for key, rule in rules.rules.items() if rule.lane < Lane.GREEN}
    assert len(posts(name)) >= 30
    assert {post["lane"] for post in posts(name)} == set(Lane.names)
    if name == "fresh":
        assert sheet - LATER_ROWS <= {post["row"] for post in posts(name) if post["lane"] != "GREEN"}


@pytest.mark.parametrize("name", FLOORS)
def test_recall_and_precision_by_lane(rules, name):
    placed = [(post, Lane[post["lane"]], lane_of(rules, post)) for post in posts(name)]
    for post, wanted, got in placed:
        if wanted != got:
            print(f"\n{wanted.label} was put into {Lane(got).label} ({post['row']}): {post['text'][:100]}")
    for lane in Lane:
        caught = [got <= lane < Lane.GREEN or got == lane for _, wanted, got in placed if wanted == lane]
        right = [wanted == lane for _, wanted, got in placed if got == lane]
        print(f"\n{name} {lane.label}: recall {sum(caught)}/{len(caught)}, precision {sum(right)}/{len(right)}")
        recall, precision = FLOORS[name].get(lane, (0, 0))
        assert (sum(caught) / len(caught) >= recall, sum(right) / len(right) >= precision) == (True, True)
