from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from forum.models import Duty, Lane, PostRevision, ReviewItem, TriageList, TriageMatch, TriageRule, TriageVersion
from forum.posting.posts import PostText, edit_post
from forum.triage import rule_store
from forum.triage.detection import RuleSet, detect, has_holding_match
from forum.triage.phrase_syntax import PhraseError, parse

LONG = "These words are long enough to be compared with what others sent to the forum before today."


@pytest.fixture
def rules(loaded_rules, db):
    """The starting rules as the site uses them, not `compiled_rules`."""


@pytest.fixture
def old_account(maya, noah):
    User.objects.update(date_joined=timezone.now() - timedelta(days=90))
    maya.refresh_from_db()


def full(text, part="body"):
    return {f.rule.key for f in detect({part: text}) if not f.softened}


def spans(text):
    return [(f.rule.key, text[f.start : f.end]) for f in detect({"body": text}) if not f.softened]


@pytest.mark.parametrize(
    "text",
    ["suicidal", "SUICIDAL", "suicídal", "suіcіdal", "suuuicidal", "su1c1dal", "$uicidal", "s u i c i d a l", "su\u200bicidal",
     "**suicidal**", "_suicidal_", "s.u.i.c.i.d.a.l"],
)  # fmt: skip
def test_disguised_spellings_are_found(rules, text):
    assert full(f"I feel {text} since the weekend") >= {"suicide"}


@pytest.mark.parametrize(
    "name", ["naltrexone", "naltraxone", "naltrexonne", "Naltrexon", "nal", "NAL", "viv", "vivitrol", "the shot"]
)
def test_names_and_misspellings_of_the_medicine_are_found(rules, name):
    assert "beating-the-block" in full(f"trying to override {name}")


def test_all_matches_are_returned_with_their_spans(rules):
    text = "I can't go on. My eyes are yellow and I'm pregnant. Write to joe@example.com"
    assert dict(spans(text)) == {
        "suicide": "can't go on",
        "liver": "eyes are yellow",
        "pregnancy": "pregnant",
        "identity": "joe@example.com",
    }


@pytest.mark.parametrize(
    ("text", "softened", "lane"),
    [
        ("I'm not suicidal", "excused", 2),
        ("I was suicidal four years ago", "excused", 2),
        ("A song with suicidal lyrics", "excused", 2),
        ("> I feel suicidal", "", 1),
        ("I've been suicidal since 2021", "", 1),
        ("I saw a movie and I am suicidal", "", 1),
        ("No one listens and I feel suicidal", "", 1),
        ("I'm not ok, suicidal", "", 1),
        ("Trying not to be suicidal", "", 1),
        ("I'm not joking, I'm suicidal", "", 1),
        ("I was sad years ago and today I am suicidal", "", 1),
        ("Not well, but suicidal", "", 1),
        ("I'm dead tired and suicidal", "", 1),
    ],
)
def test_only_a_denial_a_clear_past_or_a_figure_of_speech_lowers_suicide_and_by_one_lane(rules, text, softened, lane):
    assert {(f.softened, f.lane) for f in detect({"body": text}) if f.rule.key == "suicide"} == {(softened, lane)}


def test_a_negation_in_an_earlier_clause_does_not_count(rules):
    assert "poisoning" in full("The toddler, who did not look ill, ate some pills")
    assert "poisoning" not in full("The toddler did not eat any pills")


def test_a_past_decade_counts_as_past(rules):
    assert "alcohol-withdrawal" not in full("In the 90s he had a seizure")


@pytest.mark.parametrize(
    ("text", "softened", "lane"),
    [
        ("He wouldn't wake up, four years ago", "past", 2),
        ("He did not have a seizure", "negated", 2),
        ("> he won't wake up", "quoted", 2),
        ("We watched a movie and now he won't wake up", "", 1),
        ("Does anyone know what to do, he won't wake up", "", 1),
    ],
)
def test_other_red_matches_are_lowered_to_amber_and_kept(rules, text, softened, lane):
    assert (softened, lane) in {(f.softened, f.lane) for f in detect({"body": text})}


def rule(lane, **fields):
    return RuleSet([TriageRule(key="t", title="T", lane=lane, **fields)], {})


@pytest.mark.parametrize(
    ("lane", "text", "found"),
    [
        (Lane.RED, "a blue moon", [(Lane.AMBER, "excused")]),
        (Lane.RED, "blue lips", [(Lane.RED, "")]),
        (Lane.RED, "moon over blue lips", [(Lane.RED, "")]),  # the exception isn't in the text
        (Lane.RED, "a blue moon and blue lips", [(Lane.RED, ""), (Lane.RED, "")]),
        (Lane.RED, "a blue moon now", [(Lane.AMBER, "excused")]),
        (Lane.AMBER, "a blue moon", [(Lane.GREEN, "excused")]),
        (Lane.GREEN, "a blue moon", [(Lane.GREEN, "excused")]),
    ],
)
def test_an_exception_lowers_by_one_lane_and_in_red_only_if_nothing_else_is_near(lane, text, found):
    rules = rule(lane, phrases="blue", exceptions="blue moon")
    assert [(f.lane, f.softened) for f in rules.find({"body": text})] == found


def test_an_exception_beside_a_red_match_that_shares_no_word_with_it_changes_nothing():
    rules = rule(Lane.RED, phrases="throat ...3 closing", exceptions="injection site")
    assert [f.lane for f in rules.find({"body": "my throat is closing and the injection site is red"})] == [Lane.RED]


def test_an_exception_about_today_does_not_count_in_red():
    rules = rule(Lane.RED, phrases="suicidal", exceptions="suicidal ...8 years ago")
    texts = ["suicidal three years ago", "suicidal today as I was years ago"]
    assert [[f.lane for f in rules.find({"body": text})] for text in texts] == [[Lane.AMBER], [Lane.RED]]


def test_a_far_exception_is_not_overridden():
    rules = rule(Lane.RED, phrases="blue", exceptions="blue moon")
    text = "a blue moon " + "word " * 20 + "blue lips"
    assert [f.lane for f in rules.find({"body": text})] == [Lane.RED, Lane.AMBER]


def test_two_halves_match_wherever_they_are_within_sixty_words():
    rules = rule(Lane.RED, phrases="last vodka && spiders")
    near, far = (f"Last vodka was Friday. {'word ' * n}Spiders." for n in (40, 80))
    texts = [near, "Spiders. Then my last vodka.", far, "last vodka", "spiders"]
    assert [[t[f.start : f.end] for f in rules.find({"body": t})] for t in texts] == [
        ["Last vodka"], ["last vodka"], [], [], [],
    ]  # fmt: skip


def test_parts_match_within_the_number_of_words_that_the_line_says():
    rules = rule(Lane.RED, phrases="vodka &&5 spiders &&5 ceiling")
    texts = ["Spiders on the ceiling, vodka.", "vodka and spiders", f"vodka {'word ' * 9}spiders ceiling"]
    assert [[t[f.start : f.end] for f in rules.find({"body": t})] for t in texts] == [["vodka"], [], []]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("I took 30 pills", 1),
        ("took twenty pills", 1),
        ("took 5 pills", 0),
        ("took 50 mg pills", 0),
        ("took 2019 pills", 0),
    ],
)
def test_a_count_is_a_number_of_things_from_six(text, count):
    assert len(rule(Lane.RED, phrases="took {count} ...1 pills").find({"body": text})) == count


@pytest.mark.parametrize(("text", "found"), [("40 x 50mg", 1), ("40 x 50 mg", 1), ("40 x 50", 0), ("4 x 50mg", 0)])
def test_a_dose_is_a_number_of_milligrams(text, found):
    assert len(rule(Lane.RED, phrases="{count} x {dose}").find({"body": text})) == found


@pytest.mark.parametrize("text", ["he OD'd in the car", "he ODed in the car"])
def test_an_overdose_in_letters_is_no_odd_one(rules, text):
    assert "overdose-now" in full(text)
    assert "overdose-now" not in full("he is an odd one in the car")


def test_often_repeated_words_are_no_longer_softened(rules):
    assert full("Not suicidal. " * 60) == {"suicide"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("joe@example.com", "contact"),
        ("555-234-8765", "contact"),
        ("42 Maple Street", "contact"),
        ("t.me/someone", "contact"),
    ],
)
def test_contact_details_are_found(rules, text, kind):
    assert [(f.kind, f.rule.key) for f in detect({"body": f"Find me: {text} any time"})] == [(kind, "identity")]


@pytest.mark.parametrize("text", ["Call 988", "1-800-662-4357", "50 mg at 8", "2024-11-23", "room 12"])
def test_help_lines_and_other_numbers_are_not_contact_details(rules, text):
    assert [f for f in detect({"body": text}) if f.kind == "contact"] == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("the", "too broad"), ("i want", "too broad"), ("i ...12 you", "too broad"), ("a*", "letters before"),
        ("(a+)+b", "isn’t a word"), ("[a-z]", "isn’t a word"), ("{nothing}", "no list"), ("... blue", "must be between"),
        ("blue &&70 red", "At most &&60"), ("blue &&5 red && grey", "same number"), ("a && b && c && d && e", "up to 3 times"),
        ("blue ...", "begin and end"), ("blue ...99 red", "must be between"), ("a & b & c", "used only once"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", "more than 12"),
    ],
)  # fmt: skip
def test_a_hostile_or_too_broad_phrase_is_refused_with_a_reason(line, why):
    with pytest.raises(PhraseError, match=why):
        parse(line, {})


def test_matches_are_stored_in_the_transaction_of_the_post(rules, say, maya, old_account):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        say(maya, "I can't go on", public=False)
        assert TriageMatch.objects.count() == 1
        raise Undone
    assert (TriageMatch.objects.count(), PostRevision.objects.count()) == (0, 0)


def test_edits_are_matched(rules, say, maya, old_account):
    post = say(maya, "Hello.", public=False)
    edit_post(post, PostText("I can't go on.", title="T"), by=maya)
    assert list(TriageMatch.objects.values_list("revision__number", "rule__key", "lane")) == [(2, "suicide", 1)]


def test_title_and_warning_are_matched(rules, say, maya, old_account):
    say(maya, "Please read.", title="He won't wake up", warning="suicidal", public=False)
    assert set(TriageMatch.objects.values_list("part", "rule__key")) == {
        ("title", "not-breathing"),
        ("title", "worrying-words"),
        ("warning", "suicide"),
    }


@pytest.mark.parametrize(
    ("text", "first"),
    [("A good day.", False), ("Some nausea.", False), ("I can't go on.", True), ("I'm not suicidal.", True),
     ("See https://example.org/x", True), ("joe@example.com", True)],
)  # fmt: skip
def test_which_matches_hold_a_post(rules, say, maya, old_account, text, first):
    assert has_holding_match(say(maya, text, public=False).revisions.get()) is first


def test_repeated_words_and_new_accounts_are_signals(rules, say, maya, noah, old_account):
    say(maya, LONG, public=False)
    second = say(noah, LONG, public=False).revisions.get()
    assert [m.kind for m in second.triage_matches.all()] == ["repeated"]
    User.objects.update(date_joined=timezone.now())
    noah.refresh_from_db()
    assert [m.kind for m in say(noah, "Short.", public=False).revisions.get().triage_matches.all()] == ["new-account"]


def test_the_queue_is_ordered_by_lane_acuteness_and_age(rules, say, maya, noah, dr_lind, old_account):
    for text in ("A good day.", "My eyes are yellow.", "Sunny.", "I can't go on.", "She won't wake up."):
        say(maya, text, public=False)
    waiting = ReviewItem.objects.open().for_moderator(dr_lind).best_first()
    assert [(item.lane, item.revision.body) for item in waiting] == [
        (1, "She won't wake up."), (1, "I can't go on."), (2, "My eyes are yellow."), (3, "A good day."), (3, "Sunny."),
    ]  # fmt: skip


def test_red_posts_notify_moderators_on_duty_once_without_quoting(rules, say, maya, dr_okafor, dr_lind):
    now = timezone.now()
    for start in (1, 2):
        Duty.objects.create(moderator=dr_lind, starts_at=now - timedelta(hours=start), ends_at=now + timedelta(hours=1))
    Duty.objects.create(moderator=dr_okafor, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    say(maya, "I can't go on.", public=False)
    say(maya, "My eyes are yellow.", public=False)
    told = Notification.objects.filter(kind="red")
    assert [(n.recipient, n.sentence) for n in told] == [
        (dr_lind, "Something that may be urgent is waiting for a moderator.")
    ]


def test_loading_is_idempotent_and_keeps_changes_by_staff(rules, vera):
    assert rule_store.load() == 0
    rule = TriageRule.objects.get(key="suicide")
    rule.advice = "Our words."
    rule_store.save(rule, by=vera)
    TriageRule.objects.filter(key="liver").update(digest="older")
    assert rule_store.load() == 1
    rule.refresh_from_db()
    assert (rule.advice, rule.version, TriageVersion.objects.filter(subject="rule suicide").count()) == (
        "Our words.",
        2,
        2,
    )


def test_a_saved_rule_applies_at_once(rules, vera):
    rule = TriageRule(key="test", title="Test", lane=2, phrases="purple elephant*")
    rule_store.save(rule, by=vera)
    assert full("a purple elephant") == {"test"}
    rule.active = False
    rule_store.save(rule, by=vera)
    assert full("a purple elephant") == set()


def test_examples_are_checked(rules):
    rule = TriageRule(
        key="t", lane=2, title="T", phrases="purple", should_match="red\npurple", should_not_match="purple rain\nblue"
    )
    assert rule_store.problems(rule, {}) == [
        "“red” should match but doesn’t.",
        "“purple rain” should not match but does.",
    ]


def test_the_admin_names_each_unreadable_line_beside_its_field(rules, client, dr_lind):
    client.force_login(dr_lind)
    rule = TriageRule.objects.get(key="suicide")
    typed = {"phrases": "purple fox\npassed out|knocked out", "exceptions": "red|blue fox|owl", "title": "T", "lane": 1}
    page = client.post(reverse("admin:forum_triagerule_change", args=[rule.pk]), typed)
    errors = page.context["adminform"].form.errors
    assert {name: len(found) for name, found in errors.items() if name in typed} == {"phrases": 1, "exceptions": 1}
    assert "“out|knocked out” can be read in two ways" in errors["phrases"][0]
    assert "“red|(blue fox)|owl”" in errors["exceptions"][0]
    assert "passed out|knocked out</textarea>" in page.content.decode()


def test_the_admin_names_the_rules_that_a_list_would_break_beside_its_words(rules, client, dr_lind):
    client.force_login(dr_lind)
    row = TriageList.objects.get(name="drinks")
    page = client.post(reverse("admin:forum_triagelist_change", args=[row.pk]), {"words": "red|blue fox|owl"})
    assert "“red|blue fox|owl” can be read in two ways" in page.context["adminform"].form.errors["words"][0]


@pytest.mark.usefixtures("loaded_rules")
@pytest.mark.parametrize(
    ("text", "identifies"),
    [
        ("Thanks @Maya for your help.", False),
        ("(@maya), thank you", False),
        ("cc:@Maya", False),
        ("@Maya’s idea", False),
        ("I am @quiet_heron_92 elsewhere", True),
        ("Find me: @Maya_on_insta", True),
        ("write to maya@example.org", True),
        ("t.me/maya", True),
    ],
)
def test_a_members_name_after_an_at_sign_identifies_no_one(maya, text, identifies):
    found = [f for f in detect({"body": text}) if f.rule and f.rule.key == "identity"]
    assert bool(found) == identifies
