"""Everything that someone writes to us is read for danger: its item is in the lane of its worst words, and RED alarms."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.conduct import sanctions
from accounts.credentials import verification
from accounts.models import Credential, Notification, Sanction
from forum.appeals.appeal import appeal
from forum.appeals.questions import ask
from forum.appeals.reports import report_member, report_post
from forum.models import Decision, Lane, OutsideText, Post, Report, ReviewItem, TriageMatch
from forum.moderation import reason_templates, text_decisions
from forum.moderation.queue import QueueFilters
from forum.publishing.queue_items import urgency_by_triage, urgency_of
from forum.team import alarms, rota
from forum.triage.intake import take_in_outside_text

DANGER = "Nobody listens. I am going to kill myself tonight. I have the pills here."
ABOUT_HIM = "He wrote to me that he is going to kill himself tonight. Please look now."


@pytest.fixture(autouse=True)
def on_duty(loaded_rules, db, dr_lind):
    """The rules are loaded and Dr. Lind is on duty."""
    rota.start_duty(by=dr_lind, hours=2)


@pytest.fixture
def refused(say, maya, dr_okafor):
    """A decision that Maya can ask about and appeal against."""
    post = say(maya, "Can I take it with food?", public=False)
    text_decisions.reject(post.revisions.get(), by=dr_okafor, reason="spam", note="This advertises.")
    return Decision.objects.get()


@pytest.fixture
def page_of(client):
    def page_of(who, url, **data):
        client.force_login(who)
        answer = client.post(url, data, follow=True) if data else client.get(url, follow=True)
        return answer.content.decode()

    return page_of


@pytest.mark.parametrize(
    "text", [DANGER, ABOUT_HIM, "My eyes are yellow.", "Good morning.", "See https://example.org."]
)
def test_the_urgency_of_matches_is_the_same_in_memory_and_in_the_database(say, maya, text):
    revision = say(maya, text, public=False).revisions.get()
    found = urgency_by_triage(revision)
    assert urgency_of(list(revision.triage_matches.all())) == found
    assert [(item.lane, item.acuteness) for item in ReviewItem.objects.all()] == [found]


def waiting():
    return list(ReviewItem.objects.open().best_first().values_list("kind", "lane"))


def alarmed():
    return list(Notification.objects.filter(kind="red").values_list("recipient__display_name", "url"))


def urls():
    return [f"/forum/review/item/{item.pk}/" for item in ReviewItem.objects.open()]


def test_a_question_in_danger_is_red_and_alarms_those_on_duty(refused, maya):
    ask(refused, by=maya, text=DANGER)
    assert waiting() == [("question", Lane.RED)]
    assert alarmed() == [("Dr. Lind", url) for url in urls()]


def test_an_ordinary_question_stays_green_and_alarms_no_one(refused, maya):
    ask(refused, by=maya, text="Which sentence was it?")
    assert (waiting(), alarmed()) == ([("question", Lane.GREEN)], [])


def test_an_appeal_in_danger_is_red_and_an_ordinary_one_amber(refused, maya):
    appeal(refused, by=maya, text=DANGER)
    assert (waiting(), [name for name, _ in alarmed()]) == ([("appeal", Lane.RED)], ["Dr. Lind"])


def test_a_red_appeal_reaches_the_only_clinician_on_duty_who_may_not_answer_it(refused, maya, dr_lind, dr_okafor):
    rota.end_duty(by=dr_lind)
    rota.start_duty(by=dr_okafor, hours=2)
    appeal(refused, by=maya, text=DANGER)
    seen = ReviewItem.objects.open().for_moderator(dr_okafor).get()
    assert (seen.kind, seen.member, seen.outside_texts.get().text) == ("danger", maya, DANGER)
    assert alarmed() == [("Dr. Okafor", f"/forum/review/item/{seen.pk}/")]


def test_a_report_about_someone_in_danger_is_red(say, maya, noah):
    post = say(maya, "Good morning.")
    report_post(post, by=noah, reason="other", note=ABOUT_HIM)
    assert (waiting(), [name for name, _ in alarmed()]) == ([("report", Lane.RED)], ["Dr. Lind"])


def test_a_second_report_in_danger_raises_the_item_of_the_first(say, maya, noah, elif_):
    post = say(maya, "Good morning.")
    report_post(post, by=noah, reason="spam")
    assert waiting() == [("report", Lane.AMBER)]
    report_post(post, by=elif_, reason="other", note=ABOUT_HIM)
    assert waiting() == [("report", Lane.RED)]


def test_what_the_same_person_adds_to_a_report_is_read_too(say, maya, noah):
    post = say(maya, "Good morning.")
    report_post(post, by=noah, reason="spam", note="An advertisement.")
    _, new = report_post(post, by=noah, reason="worried-self-harm", note=ABOUT_HIM)
    report = Report.objects.get()
    assert (new, report.reason, report.note) == (False, "worried-self-harm", f"An advertisement.\n\n{ABOUT_HIM}")
    assert (waiting(), len(alarmed())) == ([("report", Lane.RED)], 1)


@pytest.mark.parametrize(
    ("reason", "acuteness"),
    [
        ("worried-self-harm", 9),
        ("worried-overdose", 2),
        ("worried-under-18", 9),
        ("worried-at-home", 4),
        ("worried-other", 9),
    ],
)
def test_a_worry_about_a_person_is_red_without_a_word(maya, noah, reason, acuteness):
    report_member(maya, by=noah, reason=reason)
    item = ReviewItem.objects.get()
    assert (item.lane, item.acuteness, [name for name, _ in alarmed()]) == (Lane.RED, acuteness, ["Dr. Lind"])


@pytest.mark.parametrize("door", ["question", "appeal", "report", "feedback", "post"])
def test_half_and_full_time_alarms_are_raised_for_each_door(say, maya, noah, refused, client, article, door):
    ReviewItem.objects.all().delete()
    if door == "question":
        ask(refused, by=maya, text=DANGER)
    elif door == "appeal":
        appeal(refused, by=maya, text=DANGER)
    elif door == "report":
        report_member(maya, by=noah, reason="other", note=ABOUT_HIM)
    elif door == "feedback":
        client.post(f"/guide/{article.slug}/feedback/", {"helpful": "no", "comment": DANGER})
    else:
        say(maya, DANGER, public=False)
    for minutes in (8, 16):
        asked = timezone.now() - timedelta(minutes=minutes)
        ReviewItem.objects.open().update(asked_at=asked, promised_at=asked + timedelta(minutes=15))
        assert alarms.raise_due_alarms() >= 1
    assert Notification.objects.filter(kind="alarm", recipient__display_name="Dr. Lind").exists()


def test_matches_are_stored_and_shown_with_their_reasons(refused, maya, dr_lind, page_of):
    ask(refused, by=maya, text=DANGER)
    match = TriageMatch.objects.filter(lane=Lane.RED).first()
    assert (match.question.text, match.revision) == (DANGER, None)
    page = page_of(dr_lind, urls()[0])
    assert '<mark class="lane-red" title="Thoughts of suicide or self-harm">' in page


def test_the_queue_says_why_a_question_or_feedback_is_red(refused, maya, dr_lind, client, article, page_of):
    ask(refused, by=maya, text=DANGER)
    client.post(f"/guide/{article.slug}/feedback/", {"helpful": "no", "comment": DANGER})
    page = page_of(dr_lind, "/forum/review/")
    assert page.count('<span class="why">Thoughts of suicide or self-harm</span>') == 2


@pytest.mark.parametrize("door", ["post", "question", "appeal", "report of a post", "report of a member", "feedback"])
def test_the_filter_by_rule_finds_every_kind_of_text(say, maya, noah, refused, dr_lind, door):
    send = {
        "post": lambda: say(maya, DANGER, public=False),
        "question": lambda: ask(refused, by=maya, text=DANGER),
        "appeal": lambda: appeal(refused, by=maya, text=DANGER),
        "report of a post": lambda: report_post(say(maya, "Good morning."), by=noah, reason="other", note=ABOUT_HIM),
        "report of a member": lambda: report_member(maya, by=noah, reason="other", note=ABOUT_HIM),
        "feedback": lambda: take_in_outside_text(DANGER, source="feedback", by=None),
    }
    report_member(noah, by=maya, reason="spam")  # another report, without danger
    send[door]()
    found = {
        rule: list(QueueFilters(rule=rule).rows(dr_lind).values_list("lane", flat=True))
        for rule in ("suicide", "poisoning")
    }
    assert found == {"suicide": [Lane.RED], "poisoning": []}


def test_a_match_is_in_exactly_one_text(refused, maya):
    ask(refused, by=maya, text=DANGER)
    with pytest.raises(IntegrityError), transaction.atomic():
        TriageMatch.objects.update(question=None)


def test_the_page_of_a_question_shows_post_decision_and_author(refused, maya, dr_lind, page_of):
    ask(refused, by=maya, text="Which sentence was it?")
    page = page_of(dr_lind, urls()[0])
    for shown in (
        "Can I take it with food?",
        "This advertises.",
        "It advertises.",
        "member since",
        "Which sentence was it?",
    ):
        assert shown in page, shown


def test_help_lines_stand_under_a_question_at_once(refused, maya, page_of):
    page = page_of(maya, f"/forum/decision/{refused.pk}/ask/", text=DANGER)
    assert "What you wrote sounds urgent." in page


def test_help_lines_stand_under_an_appeal_at_once(refused, maya, page_of):
    assert "What you wrote sounds urgent." in page_of(maya, f"/forum/decision/{refused.pk}/appeal/", text=DANGER)


def test_feedback_in_danger_becomes_a_red_item_without_a_name(client, article):
    page = client.post(f"/guide/{article.slug}/feedback/", {"helpful": "no", "comment": DANGER}).content.decode()
    assert ("What you wrote sounds urgent." in page, "The editors will read your feedback" in page) == (True, True)
    text = OutsideText.objects.get()
    assert (text.source, text.text, text.by, text.item.member) == ("feedback", DANGER, None, None)
    assert (waiting(), [name for name, _ in alarmed()]) == ([("danger", Lane.RED)], ["Dr. Lind"])


def test_a_moderator_reads_and_closes_anonymous_feedback(client, article, dr_lind, page_of):
    client.post(f"/guide/{article.slug}/feedback/", {"helpful": "no", "comment": DANGER})
    page = page_of(dr_lind, urls()[0])
    assert (
        "Feedback on a page of the guide" in page,
        "I am going to kill myself tonight" in page.replace("</mark>", ""),
    ) == (
        True,
        False,  # the words are marked
    )
    page_of(dr_lind, f"{urls()[0]}do/close/", **{"close-reason": "Nothing can be sent to an anonymous reader."})
    assert waiting() == []


def test_ordinary_feedback_and_feedback_about_doses_stay_with_the_editors(client, article):
    for comment in ("It helped.", "You don't say that I should take 25 mg in the morning and 25 mg at night."):
        client.post(f"/guide/{article.slug}/feedback/", {"helpful": "no", "comment": comment})
    assert (waiting(), OutsideText.objects.count()) == ([], 0)


def test_an_answer_in_a_badge_application_is_read_for_danger(maya, vera, page_of):
    application = {"profession": "nurse", "legal_name": "Maya Long", "license_number": "1", "jurisdiction": "Ohio"}
    page_of(maya, "/account/badge/apply/", **application)
    credential = Credential.objects.get(user=maya)
    verification.ask_for_more(credential, by=vera, reason="Which state?")
    page = page_of(maya, f"/account/badge/{credential.pk}/answer/", **application, message=DANGER)
    text = OutsideText.objects.get()
    assert (text.source, text.text, text.by, waiting()) == ("badge", DANGER, maya, [("danger", Lane.RED)])
    assert ("What you wrote sounds urgent." in page, "Maya Long" in text.text) == (True, False)


def test_an_appeal_against_a_sanction_is_read_for_danger(maya, vera, page_of):
    sanctions.impose(maya, by=vera, kind=Sanction.Kind.SUSPENSION, reason="Unkind.", message="Please pause.")
    page = page_of(maya, f"/account/conduct/{Sanction.objects.get().pk}/appeal/", text=DANGER)
    assert "What you wrote sounds urgent." in page
    assert (OutsideText.objects.get().source, waiting()) == ("sanction", [("danger", Lane.RED)])


def test_a_post_that_cannot_be_sent_reaches_a_clinician_once(maya, category, settings, page_of):
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_POSTS_PER_HOUR = settings.FORUM_MIN_FORM_SECONDS = 0
    url = f"/forum/in/{category.slug}/new/"
    form = {"title": "Help", "body": DANGER, "do": "send", "key": "7d7f4b1e-5e1c-4a47-a5a5-2f1f3a0d7c11", "begun": ""}
    pages = [page_of(maya, url, **form) for _ in range(2)]
    assert all("What you wrote sounds urgent." in page and DANGER in page for page in pages)
    assert (Post.objects.count(), OutsideText.objects.count(), waiting()) == (0, 1, [("danger", Lane.RED)])


def test_two_texts_of_one_member_share_an_item(maya):
    for text in (DANGER, f"Still here. {DANGER}"):
        take_in_outside_text(text, source="unsent", by=maya)
    assert (waiting(), OutsideText.objects.count()) == ([("danger", Lane.RED)], 2)


def test_the_author_and_other_members_see_nothing_of_the_lane(refused, maya, noah, client):
    ask(refused, by=maya, text=DANGER)
    assert Notification.objects.filter(kind="red", recipient__in=[maya, noah]).count() == 0
    for who in (maya, noah):
        client.force_login(who)
        assert client.get(urls()[0]).status_code == 404


def test_a_reporter_sees_the_worry_first_and_help_lines_for_someone_else(say, maya, noah, page_of):
    post = say(maya, "Good morning.")
    form = page_of(noah, f"/forum/post/{post.pk}/report/")
    first = form.index('<optgroup label="I am worried about this person">')
    assert first < form.index('<optgroup label="Something else is wrong">')
    report = {"about": "post", "reason": "worried-overdose", "note": ""}
    thanks = page_of(noah, f"/forum/post/{post.pk}/report/", **report)
    assert ("You can call for someone else" in thanks, "We won’t tell" in form) == (True, True)


def test_a_report_about_spam_shows_no_help_lines(say, maya, noah, page_of):
    post = say(maya, "Good morning.")
    report = {"about": "post", "reason": "spam", "note": ""}
    assert "You can call for someone else" not in page_of(noah, f"/forum/post/{post.pk}/report/", **report)


def test_a_worry_is_no_reason_to_refuse_a_post():
    assert not [code for code, _ in reason_templates.refusal_choices() if code.startswith("worried")]
