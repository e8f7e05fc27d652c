"""Rates of the rules and the text model on posts that were written before the rules were changed. See docs/triage.md.

The rules have been changed since with these posts in view, so their rates are floors for any change. The text model has not seen
the posts of rounds 3 to 15; rounds 1 and 2 train it.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.models import Lane
from forum.triage.text_model import shipped_model

TRAINING = Path(__file__).resolve().parents[3] / "tools" / "triage_training"
DRIVING = {"driving-and-machines", "impaired-not-buzzed"}  # a post about drink and a wheel belongs to either
ROWS_HELD = {"driving-and-machines": 0.75, "injection-site": 0.8, "dose-change": 0.65, "miracle-claims": 0.8}


@cache
def posts(name):
    return load_yaml((Path(__file__).parent / f"{name}.yaml").read_text())


def lane_of(rules, text):
    return min((found.lane for found in rules.find({"body": text})), default=Lane.GREEN)


def texts(number, lane):
    training = TRAINING / f"posts_round_{number}.jsonl"
    if training.exists():
        rows = map(json.loads, training.read_text(encoding="utf-8").splitlines())
        return [row["text"] for row in rows if row["danger"] == (lane == "RED")]
    return [post["text"] for post in posts("rounds") if (post["round"], post["lane"]) == (number, lane)]


def unseen_by_the_model(lane):
    return [text for number in range(3, 16) for text in texts(number, lane)]


@pytest.mark.parametrize(
    "number,size", [(1, 60), (2, 61), (3, 60), (4, 60), (5, 80), (6, 81), (7, 80), (8, 78), (9, 80), (10, 80), (13, 60)]
)
def test_readable_danger_goes_red(rules, number, size):
    lanes = Counter(lane_of(rules, text) for text in texts(number, "RED"))
    assert lanes.total() == size
    assert lanes[Lane.RED] >= 0.95 * size


@pytest.mark.parametrize("number,size,share", [(11, 100, 0.65), (12, 98, 0.65), (14, 99, 0.9), (15, 60, 0.8)])
def test_most_danger_without_a_stock_phrase_goes_red(rules, number, size, share):
    lanes = Counter(lane_of(rules, text) for text in texts(number, "RED"))
    assert lanes.total() == size
    assert lanes[Lane.RED] >= share * size


@pytest.mark.parametrize(
    "text",
    [
        "I took ibuprofen and the pain was gone within the hour",
        "Cutting down isn't working for me",
        "My last beer was in May and now I'm talking to my kids again",
        "I keep my meds in the drawer because I forget them otherwise",
        "I booked a weekend away while the kids are at their grandma's",
        "Coffee tastes funny and makes me sick",
        "I let go and calmed down",
        "Mum had a fall, I'm at the hospital with her, no drink since Friday and my hands are steady",
        "Who looks after the dogs when I'm at rehab?",
        "Drove past my old dealer's street",
        "I don't trust myself around beer tonight",
        "Thank you for calling, goodbye",
        "I'm sorry, I can't find the key",
        "I'm ready to go to bed",
        "We can take the train and I'll book the tickets tomorrow",
        "I want to hang out tomorrow and finish everything",
        "Few brands make shoes that fit me",
    ],
)
def test_ordinary_words_that_are_in_the_lists_of_dangers_are_no_alarm(rules, text):
    assert lane_of(rules, text) > Lane.RED


@pytest.mark.parametrize(
    "number,size",
    [
        *((n, 60) for n in (1, 2, 3, 4)),
        *((n, 80) for n in (5, 6, 7, 8, 9, 10)),
        *((n, 100) for n in (11, 12, 14)),
        (13, 200),
        (15, 40),
    ],
)
def test_ordinary_posts_rarely_go_red_and_mostly_stay_green(rules, number, size):
    lanes = Counter(lane_of(rules, text) for text in texts(number, "GREEN"))
    assert lanes.total() == size
    assert (lanes[Lane.RED] <= 0.03 * size, lanes[Lane.AMBER] <= 0.3 * size) == (True, True)


def test_the_text_model_alone_finds_three_quarters_of_danger_that_it_has_not_seen():
    model, danger, ordinary = shipped_model(), unseen_by_the_model("RED"), unseen_by_the_model("GREEN")
    assert (len(danger), len(ordinary)) == (1016, 1140)
    assert sum(map(model.raises, danger)) >= 0.75 * 1016
    assert sum(map(model.raises, ordinary)) <= 0.13 * 1140


@pytest.mark.parametrize(
    "text",
    [
        "I was a heroin addict for 11 years, in and out of jail. 14 shots so far and I haven't used once.",
        "I was ready to give up on myself. That was a year and a half ago. Today I have a job.",
        "Used it for cravings after quitting oxy. Sleepy the first week, then fine.",
    ],
)
def test_a_past_told_in_a_review_is_no_alarm(rules, text):
    assert lane_of(rules, text) > Lane.RED


@pytest.mark.parametrize(
    "text",
    [
        "I gave up on myself and I'm ready to go tonight",
        "He quit oxy, used last night, and now he's floppy and won't wake up",
        "I was sober for a year. Out of jail, used twice without my shots, same amount as before",
    ],
)
def test_the_same_words_about_today_stay_red(rules, text):
    assert lane_of(rules, text) == Lane.RED


@pytest.mark.parametrize(
    "text",
    [
        "This stuff is poison to my stomach",
        "I can't stand the smell of beer any more",
        "They told us that after a break most people overdose",
        "In the film he takes an overdose",
        "Two years since my last overdose",
        "Doctor halved it and I'm fine now",
        "Got my chip and dropped it down the drain",
        "Got a bruise where the shot went in. It's fading.",
        "I cried after my first shot, from relief",
        "The pharmacist said I can't have codeine",
        "I waited ten days after my last oxycodone. No problems at all.",
        "I've been an alcoholic since I was 15",
    ],
)
def test_what_passed_what_a_doctor_decided_and_figures_of_speech_stay_green(rules, text):
    assert lane_of(rules, text) == Lane.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "I can't stand up",
        "He took an overdose",
        "I halved it",
        "The bruise where the shot went in is growing",
        "I've been crying since the shot",
        "I took codeine for my cough",
        "My last oxycodone was ten days ago, can I start naltrexone?",
        "I'm 15 and on naltrexone",
    ],
)
def test_the_same_words_without_what_lowers_them_are_held(rules, text):
    assert lane_of(rules, text) <= Lane.AMBER


@pytest.mark.parametrize("row", ROWS_HELD)
def test_posts_of_the_weak_rows_are_held_by_their_row(rules, row):
    mine = [post["text"] for post in posts("held_rows") if post["row"] == row]
    wanted = DRIVING if row in DRIVING else {row}
    held = [text for text in mine if wanted & {f.rule.key for f in rules.find({"body": text}) if f.lane <= Lane.AMBER}]
    assert len(mine) == 48
    assert len(held) >= ROWS_HELD[row] * 48
