"""What counts as weakening: everything that can make a RED rule find less, and nothing else."""

import random

import pytest
from django.forms.models import model_to_dict

from forum.models import Lane, TriageRule
from forum.triage.detection import RuleSet
from forum.triage.safeguards import CHECKS, lists_in, weakens, weakens_list, weakens_model
from tests.effort import examples

RULE = {
    "key": "fox",
    "title": "Foxes",
    "lane": Lane.RED,
    "acuteness": 4,
    "active": True,
    "phrases": "purple fox\nviolet walrus\n# a comment",
    "exceptions": "painted purple fox\nviolet walrus film",
    "negation_window": 3,
    "past_window": 0,
    "minds_quotes": False,
    "softened_lane": Lane.AMBER,
    "help_needs": "emergency crisis",
    "advice": "Call today.",
    "note": "Please call.",
    "should_match": "a purple fox",
    "should_not_match": "a red fox",
}
# Fields that change nothing about what a rule finds, or what its author is shown at once.
HARMLESS = {"key", "title", "note", "should_match", "should_not_match"}
WEAKER = [
    ({"active": False}, "Switches the rule off"),
    ({"lane": Lane.AMBER}, "Lowers the lane from red to amber"),
    ({"lane": Lane.GREEN}, "Lowers the lane from red to green"),
    ({"acuteness": 9}, "Makes it less urgent within red: from violence now to other"),
    ({"phrases": "purple fox"}, "Removes 1 phrase"),
    ({"phrases": "# purple fox\n# violet walrus\npink gnu"}, "Removes or changes 2 phrases"),
    ({"phrases": "purple fox cub\nviolet walrus"}, "Removes or changes 1 phrase"),
    ({"phrases": ""}, "Removes 2 phrases"),
    ({"exceptions": RULE["exceptions"] + "\ntoy purple fox\na purple fox in a zoo"}, "Adds 2 exceptions"),
    ({"exceptions": "purple fox\nviolet walrus film"}, "Adds or changes 1 exception"),
    ({"softened_lane": Lane.GREEN}, "Lowers the lane of softened matches from amber to green"),
    ({"softened_lane": None}, "Lowers the lane of softened matches from amber to no match"),
    ({"negation_window": 5}, "Looks further for “not” in front of a match: 5 instead of 3 words"),
    ({"past_window": 1}, "Looks further for “years ago” near a match: 1 instead of 0 words"),
    ({"minds_quotes": True}, "Softens matches in quotations"),
    ({"help_needs": "emergency"}, "Stops showing authors help lines for: crisis"),
    ({"advice": " "}, "Removes the advice to the author"),
]
STRONGER = [
    {"acuteness": 1},
    {"phrases": RULE["phrases"] + "\npink gnu"},
    {"phrases": "violet walrus\n\n purple   fox "},  # the order, spaces and comments don't count
    {"exceptions": "violet walrus film"},
    {"exceptions": ""},
    {"softened_lane": Lane.RED},
    {"negation_window": 0},
    {"help_needs": "crisis emergency poison"},
    {"advice": "Call now."},
    *({name: "else"} for name in sorted(HARMLESS)),
]


@pytest.mark.parametrize(("change", "sentence"), WEAKER)
def test_each_way_to_weaken_a_red_rule_has_its_sentence(change, sentence):
    assert weakens(RULE, RULE | change) == [sentence]


@pytest.mark.parametrize("change", STRONGER)
def test_what_only_strengthens_weakens_nothing(change):
    assert weakens(RULE, RULE | change) == []


@pytest.mark.parametrize("lane", [Lane.AMBER, Lane.GREEN])
@pytest.mark.parametrize(("change", "_"), WEAKER)
def test_rules_of_other_lanes_are_free_and_may_become_red(lane, change, _):
    assert weakens(RULE | {"lane": lane}, RULE | change | {"lane": lane}) == []
    assert weakens(RULE | {"lane": lane}, RULE | change | {"lane": Lane.RED}) == []


@pytest.mark.parametrize("softened_lane", [Lane.GREEN, None])
def test_an_exception_keeps_a_match_in_amber_that_would_fall_lower_without_it(softened_lane):
    before = RULE | {"softened_lane": softened_lane}
    assert weakens(before, before | {"exceptions": ""}) == ["Removes 2 exceptions that kept matches in amber"]
    assert weakens(before, before | {"exceptions": "", "negation_window": 0}) == []


def test_a_rule_that_is_off_is_guarded_too_and_may_be_switched_on():
    off = RULE | {"active": False}
    assert weakens(off, RULE) == []
    assert weakens(off, RULE | {"phrases": "purple fox"}) == ["Removes 1 phrase"]


def test_everything_that_is_weakened_is_named():
    changes = dict(pair for change, _ in WEAKER for pair in change.items())
    assert len(weakens(RULE, RULE | changes)) == len(CHECKS)


def test_every_field_of_a_rule_is_guarded_or_harmless():
    fields = set(model_to_dict(TriageRule())) - {"id"}
    assert fields == {name for change, _ in WEAKER for name in change} | HARMLESS


def any_content(chance):
    """A rule in RED with a value of each field by chance."""
    values = {name: {repr(RULE[name]): RULE[name]} for name in RULE}
    for change in [*(change for change, _ in WEAKER), *STRONGER]:
        for name, value in change.items():
            values[name][repr(value)] = value
    values["lane"] = {"": Lane.RED}
    return {name: chance.choice(list(found.values())) for name, found in values.items()}


def is_at_least_as_strong(before, after):
    """Field by field, without the code under test."""
    lanes = {1: 1, 2: 2, 3: 3, None: 4}
    floor = after["softened_lane"] in (1, 2) or not (
        after["negation_window"] or after["past_window"] or after["minds_quotes"]
    )
    kept = lambda text: {" ".join(line.split()) for line in text.splitlines() if line and line[0] != "#"} - {""}  # noqa: E731
    return (
        after["active"] >= before["active"]
        and after["acuteness"] <= before["acuteness"]
        and kept(after["phrases"]) >= kept(before["phrases"])
        and kept(after["exceptions"]) <= kept(before["exceptions"])
        and (floor or kept(after["exceptions"]) == kept(before["exceptions"]))
        and all(after[name] <= before[name] for name in ("negation_window", "past_window", "minds_quotes"))
        and lanes[after["softened_lane"]] <= lanes[before["softened_lane"]]
        and set(after["help_needs"].split()) >= set(before["help_needs"].split())
        and bool(after["advice"].strip()) >= bool(before["advice"].strip())
    )


def test_every_change_that_does_not_only_strengthen_weakens():
    chance = random.Random(17)
    seen = set()
    for _ in range(examples(3000)):
        before, after = any_content(chance), any_content(chance)
        if chance.random() < 0.7:  # one or two fields differ
            names = chance.sample(sorted(RULE), 2)
            after = before | {name: after[name] for name in names}
        strong = is_at_least_as_strong(before, after)
        assert (weakens(before, after) == []) == strong, (before, after)
        seen.add(strong)
    assert seen == {True, False}


WORDS = ["purple", "fox", "violet", "walrus", "copper", "kettle", "not", "years", "ago", "film", "toy", ".", '"', "now"]
LINES = ["purple fox", "violet walrus", "copper ... kettle", "purple & walrus"]
EXCEPTIONS = ["toy purple fox", "violet walrus film", "purple fox film", "not ... kettle"]


def any_rule(chance):
    pick = lambda lines: "\n".join(line for line in lines if chance.random() < 0.6)  # noqa: E731
    return {
        "phrases": pick(LINES) or LINES[0],
        "exceptions": pick(EXCEPTIONS),
        "negation_window": chance.choice([0, 2, 5]),
        "past_window": chance.choice([0, 4]),
        "minds_quotes": chance.random() < 0.5,
        "softened_lane": chance.choice([None, *Lane]),
        "lane": Lane.RED,
    }


def lane_of(content, text):
    rules = RuleSet([TriageRule(key="t", title="T", **content)], {})
    return min((finding.lane for finding in rules.find({"body": text})), default=4)


def test_a_change_that_weakens_nothing_never_lowers_a_text():
    """The same, asked of the matcher: no text falls into a lower lane by a change that one person may save."""
    chance = random.Random(18)
    compared = 0
    for _ in range(examples(2500)):
        before = any_rule(chance)
        after = before | {name: any_rule(chance)[name] for name in chance.sample(sorted(before), 2)}
        if weakens(RULE | before, RULE | after):
            continue
        for _ in range(4):
            text = " ".join(chance.choices(WORDS, k=9))
            assert lane_of(after, text) <= lane_of(before, text), (before, after, text)
            compared += 1
    assert compared > examples(1000)


def red(phrases, exceptions="", **fields):
    return model_to_dict(TriageRule(lane=Lane.RED, phrases=phrases, exceptions=exceptions, **fields))


@pytest.mark.parametrize(
    ("before", "after", "red_rules", "found"),
    [
        ("cat\ndog", "cat", [red("a {pet} fell")], ["Removes 1 word that red rules look for"]),
        ("cat\ndog", "gnu", [red("big {bird}"), red("a big|{pet}")], ["Removes 2 words that red rules look for"]),
        ("cat", "cat\ndog", [red("a {pet} fell")], []),
        ("cat", "cat\ndog", [red("big fell", "toy {pet}")], ["Adds 1 word to exceptions of red rules"]),
        ("cat\ndog", "cat", [red("big fell", "toy {pet}")], []),
        (
            "cat\ndog",
            "cat",
            [red("big fell", "toy {pet}", past_window=8)],
            ["Removes 1 word from exceptions that kept matches in amber"],
        ),
        (
            "cat\ndog",
            "cat\ngnu",
            [red("a {pet} fell", "toy {pet}")],
            ["Removes 1 word that red rules look for", "Adds 1 word to exceptions of red rules"],
        ),
        ("cat\ndog", "cat", [red("a {pets} fell"), red("# a {pet} fell")], []),
        ("cat\ndog", "", [], []),
    ],
)
def test_a_list_is_guarded_where_red_rules_use_it(before, after, red_rules, found):
    assert weakens_list("pet", {"words": before}, {"words": after}, red_rules) == found


def test_lists_are_found_anywhere_in_a_line():
    assert lists_in("a {pet}|{past-mark} && {count}\n# {none}") == {"pet", "past-mark", "count"}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((True, None), (False, None), ["Switches the text model off"]),
        ((False, None), (True, None), []),
        ((True, None), (True, 2.5), ["Raises the threshold from 2 to 2.5: fewer texts are held"]),
        ((True, 1.0), (True, None), ["Raises the threshold from 1 to 2: fewer texts are held"]),
        ((True, None), (True, 2.0), []),
        ((True, 3.0), (True, None), []),
    ],
)
def test_the_text_model_is_weakened_by_its_switch_and_by_a_higher_threshold(before, after, found):
    old, new = (dict(zip(("active", "threshold"), values, strict=True)) for values in (before, after))
    assert weakens_model(old, new, 2.0) == found
