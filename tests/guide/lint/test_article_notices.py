"""Each notice with texts that must raise it and texts that must not."""

from dataclasses import replace

import pytest

from guide.lint.article_notices import KnownReferences, notices, trigger_pattern
from guide.models import Article, SafetyMessage
from guide.pages.references import known_references
from guide.review.exceptions import InvalidProposal
from guide.review.revisions import Draft, publish_loaded, write_revision
from guide.review.subjects import subject_of
from guide.review.workflow import submit

PLAIN = Draft("T", "S", "Short.[^site]", "## One\n\nText.[^site]\n")
MESSAGES = [
    SafetyMessage(key="low-mood", title="Mood", trigger_words=["suicid*"]),
    SafetyMessage(key="liver-signs", title="Liver", trigger_words=["jaundice", "yellow eyes", "liver damage"]),
]
THERE = KnownReferences(
    slugs={"faq", "help-lines", "side-effects"},
    sources={"S0", "S1", "S12"},
    safety={"low-mood"},
    messages=MESSAGES,
    anchors=lambda slug: {"faq": {"x"}, "side-effects": {"liver"}}.get(slug, set()),
    block_error=lambda name: "" if name in ("faq", "picture:receptor", "safety:liver-signs") else f"there is no {name}",
)


def found(text, part="body"):
    return [(n.line, n.message) for n in notices({part: text}, THERE)]


RAISES = [
    ("A claim.", "no source for"),
    ("- One.[^S1]\n- Two", "no source for"),
    ("A claim.[^S999]", "there is no source S999"),
    ("A claim.[^S1][^page 12]", "[^page 12] is not a citation"),
    ("See [this](nowhere).[^site]", "no article is called nowhere"),
    ("See [this](/guide/nowhere/#x).[^site]", "no article is called nowhere"),
    ("![](receptor.png)[^site]", "no alternative text"),
    ("![  ](receptor.png)[^site]", "no alternative text"),
    ("An addict may call.[^S1]", "say “a person with an addiction”"),
    ("Alcoholics may call.[^S1]", "say “people with alcohol use disorder”"),
    ("His dirty urine.[^S1]", "say “a test that found no opioids”"),
    ("It helps with drug abuse.[^S1]", "say “substance use disorder”"),
    ("A miracle.[^S1]", "say what the studies found"),
    ("Take 50 mg each day.[^S1]", "tells the reader a dose"),
    ("It helps.[^S1] You should take two tablets.[^S1]", "tells the reader a dose"),
    ("- Start with 25 mg.[^S1]", "tells the reader a dose"),
    ("You can double your dose.[^S1]", "tells the reader a dose"),
    ("Yellow eyes and jaundice.[^S1]", "the safety message “Liver” is not chosen"),
    ("::: note A\n\nText.[^S1]", "this callout has no end"),
    ("> 50 mg is not usual.[^S1]", "readers won’t see “> 50” as it was typed"),
    ("As in the trial:[^S1]\n> ≥2 drinks[^S1]\n> 3 drinks[^S1]", "readers won’t see “> 3” as it was typed"),
    ("<<<<<<< you\nYours.[^S1]", "this contains two people's versions"),
]
RAISES_NOT = [
    "A claim.[^S1]",
    "Look for these signs:\n\n- One.[^S1]",
    "A price.[^S1][^CHECK 2026-11-23]",
    "See [this](faq#x), [that](/guide/help-lines/) and [a card](/guide/wallet-card/).[^site]",
    "[[picture:receptor]]",
    "A person with an addiction.[^S1] Alcoholics Anonymous.[^S1] The National Institute on Drug Abuse.[^S1]",
    "The Substance Abuse and Mental Health Services Administration.[^S1] Clean water, a clean wound.[^S1]",
    "The usual dose is 50 mg a day.[^S1] People in the trial took 50 mg.[^S1]",
    "Do not take two tablets at once.[^S1] Never double your dose.[^S1] Take it with food.[^S1]",
    "Suicidal thoughts and low mood.[^S1]",
    "[[safety:liver-signs]]\n\nJaundice.[^S1]",
    "::: note A\n\nText.[^S1]\n\n:::",
    "1. In 1*50 of 2*25 cases, ~5.0 %, >3 or ½ of 10–20[^S1]\n2. More than **4** of [7](https://a.example/8?x=9).[^S1]",
]


@pytest.mark.parametrize(("text", "what"), RAISES)
def test_the_notice_is_raised(text, what):
    (place, said), *more = found(f"## First\n\nFine.[^site]\n\n{text}\n")
    assert (what in said, more) == (True, [])
    assert place >= 5


@pytest.mark.parametrize("text", RAISES_NOT)
def test_no_notice_is_raised(text):
    assert found(text) == []


def test_a_picture_with_alternative_text_must_still_be_a_block():
    assert found("![A receptor](a.png)[^site]") == [(1, "pictures only work as parts, such as [[picture:receptor]]")]


def test_a_notice_names_the_line_in_each_part():
    words = {
        "title": "A miracle",
        "summary": "Fine",
        "in_short": "Yes.[^S1]\n\nNo.",
        "body": "One.[^S1]\n\n\nTwo.[^S9]",
    }
    assert [str(n).partition(":")[0] for n in notices(words, THERE)] == ["title, line 1", "in short, line 3", "line 4"]


def test_one_mention_in_any_part_of_a_long_page_needs_its_safety_message():
    long = "Words for it all.[^S1]\n\n" * 400
    assert [place for place, _ in found(long + "Jaundice.[^S1]")] == [801]
    for part in ("title", "summary", "in_short"):
        (notice,) = notices({"body": long, part: "Yellow-eyes[^site]"}, THERE)
        assert (notice.part, notice.line) == (part, 1)


def test_the_guides_own_pages_raise_no_notice(guide):
    raised = {}
    for article in Article.objects.select_related("live_revision"):
        words = {part: getattr(article.live_revision, part) for part in ("title", "summary", "in_short", "body")}
        there = known_references(article.live_revision.safety_messages)
        raised |= {article.slug: list(map(str, said))} if (said := notices(words, there)) else {}
    assert raised == {}


def test_each_removal_of_a_safety_message_from_the_guides_pages_is_noticed(guide):
    titles = dict(SafetyMessage.objects.values_list("pk", "title"))
    unnoticed, removals = [], 0
    for article in Article.objects.published():
        shown = article.live.safety_messages
        words = {part: getattr(article.live, part) for part in ("title", "summary", "in_short", "body")}
        for removed in shown:
            removals += 1
            there = known_references([pk for pk in shown if pk != removed], shown)
            unnoticed += (
                [(article.slug, removed)] if not any(titles[removed] in str(n) for n in notices(words, there)) else []
            )
    assert (unnoticed, removals) == ([], sum(len(a.live.safety_messages) for a in Article.objects.published()))
    assert removals >= 79


def liver_message():
    words = {"title": "Liver", "text": "x", "trigger_words": ["jaundice"]}
    return SafetyMessage.objects.create(key="liver-signs", level="warning", position=1, **words)


def errors(revision, *, urgent=False):
    return subject_of(revision.proposal).errors(urgent=urgent)


def test_notices_prevent_submission(article, elif_):
    revision = write_revision(article, Draft("T", "S", "Short.[^site]", "No source."), by=elif_)
    assert errors(revision) == ["line 1: no source for “No source.”"]
    with pytest.raises(InvalidProposal, match="no source for"):
        submit(revision.proposal, by=elif_)


def test_a_chosen_safety_message_is_not_reported_as_missing(article, elif_):
    message = liver_message()
    page = Draft("T", "S", "Short.[^site]", "Jaundice.[^site]")
    assert len(errors(write_revision(article, page, by=elif_))) == 1
    chosen = replace(page, safety_messages=[message.pk])
    assert errors(write_revision(article, chosen, by=elif_)) == []


def test_wording_alone_does_not_stop_an_urgent_correction(article, elif_):
    revision = write_revision(article, Draft("T", "S", "Short.[^site]", "An addict.[^site]"), by=elif_)
    assert (len(errors(revision)), errors(revision, urgent=True)) == (1, [])


@pytest.mark.parametrize(
    "unsafe", ["No source.", "Text.[^S99]", "Take 200 mg now.[^site]", "Jaundice.[^site]", "<<<<<<< you\nA.[^site]"]
)
def test_doses_sources_and_safety_stop_an_urgent_correction(article, elif_, unsafe):
    liver_message()
    revision = write_revision(article, Draft("T", "S", "Short.[^site]", unsafe), by=elif_)
    assert len(errors(revision, urgent=True)) == 1


def test_taking_a_safety_message_away_stops_an_urgent_correction_only(article, elif_):
    message = liver_message()
    publish_loaded(write_revision(article, replace(PLAIN, safety_messages=[message.pk]), by=None))
    without = write_revision(article, replace(PLAIN, safety_messages=[]), by=elif_)
    assert (errors(without), errors(without, urgent=True)) == (
        [],
        ["line 1: readers will no longer see the safety message “Liver” here"],
    )


def test_links_to_pages_that_readers_cannot_open_are_dead(article, elif_):
    hidden = Article.objects.create(slug="hidden")
    write_revision(
        hidden, replace(PLAIN, slug="hidden", section=article.live_revision.section_id, position=2), by=elif_
    )
    page = replace(PLAIN, body="See [it](hidden).[^site] And [this](small#nope).[^site]\n\n[[matrx]]")
    assert errors(write_revision(article, page, by=elif_)) == [
        "line 1: this link is dead: no article is called hidden",
        "line 1: this link is dead: small has no heading or question with the address #nope",
        "line 3: There is no part called [[matrx]].",
    ]


def test_trigger_words_match_any_ending_and_hyphens():
    pattern = trigger_pattern(["overdos*", "low mood", " * ", "a.b"])
    said = "An overdosing man. Low-mood, low  mood. A+b, axb, a.b; overdo"
    assert pattern.findall(said) == ["overdosing", "Low-mood", "low  mood", "a.b"]
    assert trigger_pattern([]) is None
