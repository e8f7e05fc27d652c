"""The lanes of sentences from the triage review, of danger as people write it, and of ordinary posts with dark words in them.

Each text says the lane in which it must be at least (danger) or at most (ordinary posts). The tests name each wrong one.
"""

import json
from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.models import Lane, TriageRule
from forum.triage import rule_store
from forum.triage.detection import RuleSet, named_lists

FILES = ["reviewed", "danger", "ordinary"]


@pytest.fixture
def rules(db):
    rule_store.load()
    return RuleSet(TriageRule.objects.all(), named_lists())


def posts(name):
    return load_yaml((Path(__file__).parent / f"{name}.yaml").read_text())


def lane_of(rules, text):
    return min((found.lane for found in rules.find({"body": text})), default=Lane.GREEN)


def is_wrong(post, lane):
    return lane > Lane[post["at_least"]] if "at_least" in post else lane < Lane[post["at_most"]]


@pytest.mark.parametrize("name", FILES)
def test_each_post_is_in_its_lane(rules, name):
    lanes = {post["text"]: lane_of(rules, post["text"]) for post in posts(name)}
    assert [(lanes[post["text"]], post["text"]) for post in posts(name) if is_wrong(post, lanes[post["text"]])] == []


def test_there_are_more_than_three_hundred_posts_of_ours():
    assert len({post["text"] for name in ("danger", "ordinary") for post in posts(name)}) >= 300


def test_most_readable_danger_is_in_red(rules):
    """The rules were widened with these posts in view, so this is a floor for changes and not what to expect of new posts."""
    lines = (Path(__file__).parents[3] / "tools/triage_training/posts_danger_readable.jsonl").read_text().splitlines()
    lanes = [lane_of(rules, json.loads(line)["text"]) for line in lines]
    assert len(lanes) >= 500
    assert lanes.count(Lane.RED) >= 0.88 * len(lanes)


def test_an_old_danger_does_not_hide_one_of_today(rules):
    assert lane_of(rules, "I was suicidal four years ago and again today") == Lane.RED


def test_ordinary_reviews_rarely_alarm(rules):
    reviews = [post["text"] for post in posts("reviews")]
    lanes = [lane_of(rules, text) for text in reviews]
    assert len(reviews) >= 60
    assert lanes.count(Lane.RED) <= 0.05 * len(reviews)
    assert lanes.count(Lane.AMBER) <= 0.3 * len(reviews)


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("At nineteen I stood on the bridge, and I wanted to die. I'm 40 and I coach soccer.", Lane.AMBER),
        ("I wanted to die nine years ago, and now I have two kids", Lane.AMBER),
        ("I wanted to die nine years ago, and still today I stand on the bridge", Lane.RED),
    ],
)
def test_what_lies_years_back_is_amber_unless_it_is_about_today(rules, text, lane):
    assert lane_of(rules, text) == lane
