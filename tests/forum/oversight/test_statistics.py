from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.models import Decision, HelpCard, Post, PrivateNote, ReviewItem, SecondReview, TriageMatch, TriageRule
from forum.moderation.approve_and_reply import approve_and_reply
from forum.moderation.escalation import hand_back
from forum.moderation.text_decisions import RedactionSpan, approve, ask_for_changes, reject
from forum.oversight.second_review import record_verdict
from forum.oversight.statistics import Period, agreement, by_clinician, by_day, by_lane, by_rule, text_model_by_month
from forum.posting.posts import PostText, reply
from tests.conftest import clinician

PAGE = reverse("forum:statistics")
WEEK = Period("7")


@pytest.fixture
def rule(category):
    def rule(key, lane=2):
        return TriageRule.objects.create(key=key, title=key.capitalize(), lane=lane, phrases="zzz")

    return rule


@pytest.fixture
def waiting(say, maya, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100

    def waiting(rule=None, **match):
        text = f"Words number {ReviewItem.objects.count()}."
        revision = say(maya, text, public=False).revisions.get()
        revision.triage_matches.all().delete()
        if rule:
            TriageMatch.objects.create(revision=revision, rule=rule, lane=rule.lane, **match)
            revision.review_items.update(lane=rule.lane)
        return revision

    return waiting


def test_a_match_is_right_if_the_decision_was_not_a_plain_approval(waiting, rule, dr_okafor, dr_lind):
    dose, plain = rule("dose"), rule("plain")
    approve(waiting(plain), by=dr_okafor)
    approve(waiting(dose), by=dr_okafor)
    approve(waiting(dose), by=dr_okafor, clinical="Ask your prescriber.")
    approve(waiting(dose), by=dr_okafor, redactions=[RedactionSpan(0, 3, "dose")])
    ask_for_changes(waiting(dose), by=dr_okafor, reason="dose", note="Please.")
    reject(waiting(dose), by=dr_okafor, reason="dose")
    reject(waiting(), by=dr_okafor, reason="dose")
    reject(waiting(dose, softened="past"), by=dr_okafor, reason="dose")
    whole, rules = by_rule(WEEK)
    assert [(r.title, r.noticed, r.right, r.needed) for r in rules] == [("Dose", 5, 4, 6), ("Plain", 1, 0, 6)]
    assert (whole.noticed, whole.right, whole.needed) == (6, 4, 6)


def test_a_post_that_was_approved_and_answered_needed_attention(waiting, rule, dr_okafor):
    approve_and_reply(waiting(rule("answered")), by=dr_okafor, body="With food, if you can.", key=uuid4())
    later = waiting(rule("later"))
    approve(later, by=dr_okafor)
    later.post.refresh_from_db()
    answer = reply(later.post.thread, PostText("And welcome."), by=dr_okafor, key=uuid4(), quoted=later.post)
    Post.objects.filter(pk=answer.pk).update(created_at=timezone.now() + timedelta(hours=1))
    _, rules = by_rule(WEEK)
    assert {(r.title, r.right) for r in rules} == {("Answered", 1), ("Later", 0)}


def test_the_lead_sees_what_was_put_back_and_why(client, waiting, say, dr_okafor, lead):
    hand_back(waiting().review_items.get(), by=dr_okafor, note="It isn’t my field")
    hand_back(say(lead, "Mine.", public=False).review_items.get(), by=dr_okafor, note="It’s too close to home")
    client.force_login(lead)
    html = client.get(PAGE).content.decode().split('id="put-back"')[1]
    assert "Dr. Okafor" in html and "It isn’t my field" in html
    assert "too close" not in html


def test_a_match_is_right_if_a_help_card_was_sent_or_a_colleague_asked(waiting, rule, dr_okafor, dr_lind):
    red, asked = rule("red", 1), rule("asked")
    first, second = waiting(red), waiting(asked)
    held = {"credential": dr_okafor.credentials.get(), "sent_by": dr_okafor}
    HelpCard.objects.create(person=first.post.author, item=first.review_items.get(), kind="overdose", lines=[], **held)
    PrivateNote.objects.create(kind="escalated", item=second.review_items.get(), by=dr_okafor, text="Please look.")
    for revision in (first, second):
        approve(revision, by=dr_okafor)
    _, rules = by_rule(WEEK)
    assert {(r.title, r.noticed, r.right) for r in rules} == {("Red", 1, 1), ("Asked", 1, 1)}


def held_by_model(revision, *others):
    for kind in ("model", *others):
        TriageMatch.objects.create(revision=revision, kind=kind, lane=2)
    return revision


def test_the_text_model_is_counted_by_month_where_it_raised_a_text_alone(waiting, rule, dr_okafor, dr_lind):
    approve(held_by_model(waiting()), by=dr_okafor)
    approve(held_by_model(waiting()), by=dr_okafor, clinical="Call 988.")
    reject(held_by_model(waiting()), by=dr_okafor, reason="dose")
    held_by_model(waiting())
    reject(held_by_model(waiting(rule("dose"))), by=dr_okafor, reason="dose")
    reject(held_by_model(waiting(), "repeated"), by=dr_okafor, reason="dose")
    approve(waiting(), by=dr_okafor)
    now = timezone.now()
    [row] = text_model_by_month()
    assert (row["month"].year, row["month"].number) == (now.year, now.month)
    assert (row["raised"], row["decided"], row["right"]) == (4, 3, 2)


def test_the_page_shows_how_often_the_text_model_was_right(client, waiting, lead, dr_okafor):
    client.force_login(lead)
    assert "None in the last 12 months." in client.get(PAGE).content.decode()
    reject(held_by_model(waiting()), by=dr_okafor, reason="dose")
    html = client.get(PAGE).content.decode().split('id="text-model"')[1]
    assert (f"{timezone.now():%B %Y}" in html, "<td>1</td>" in html, "100 %" in html) == (True, True, True)


def test_without_decisions_all_scores_are_zero(db):
    whole, rules = by_rule(WEEK)
    assert (whole.noticed, whole.right, whole.needed, rules) == (0, 0, 0, [])


def test_decisions_and_waits_by_day_clinician_and_lane(waiting, rule, dr_okafor, dr_lind):
    approve(waiting(rule("red", 1)), by=dr_okafor)
    approve(waiting(), by=dr_lind)
    days = by_day(WEEK)
    assert (len(days), days[-1]["n"], sum(day["n"] for day in days)) == (7, 2, 2)
    assert {row["name"]: row["read"] for row in by_clinician(WEEK)} == {"Dr. Okafor": 1, "Dr. Lind": 1}
    rows = by_lane(WEEK)
    assert [(row["lane"], row["read"], row["late"]) for row in rows] == [(1, 1, 0), (3, 1, 0)]
    assert rows[0]["promise"] == timedelta(minutes=15)


def test_agreement_counts_and_both_reasons_are_shown(client, waiting, settings, dr_okafor, lead):
    settings.FORUM_SECOND_REVIEW_SHARE = 1.0
    third = clinician("third", "Dr. Third", "Moderators")
    for n, verdict in enumerate(["approved", "approved", "rejected"]):
        decision = approve(waiting(), by=dr_okafor, note=f"Kind words {n}.")
        record_verdict(
            SecondReview.objects.get(decision=decision), by=third, verdict=verdict, comment="It names a dose."
        )
    assert agreement(WEEK) == {"read": 3, "same": 2}
    client.force_login(lead)
    html = client.get(PAGE).content.decode()
    for words in ("2 of 3", "67 %", "It names a dose.", "Kind words 2.", "Dr. Third, second", "I would not publish it"):
        assert words in html
    assert "Kind words 1." not in html
    post = SecondReview.objects.get(verdict="rejected").decision.revision.post_id
    assert "Dr. Okafor, first" in html and "Approved." in html
    assert f'href="{reverse("forum:moderate-post", args=[post])}"' in html


def test_only_the_lead_sees_the_statistics(client, dr_okafor, maya, lead):
    for who, status in ((maya, 404), (dr_okafor, 404), (lead, 200)):
        client.force_login(who)
        assert client.get(PAGE).status_code == status


@pytest.mark.parametrize("page", ["forum:review-queue", "forum:duty"])
def test_the_queue_and_the_duty_board_link_to_the_statistics_for_the_lead(client, dr_okafor, lead, page):
    for who, linked in ((dr_okafor, False), (lead, True)):
        client.force_login(who)
        assert (f'href="{PAGE}"' in client.get(reverse(page)).content.decode()) is linked


@pytest.mark.parametrize(("wanted", "days"), [("7", "7"), ("90", "90"), ("", "30"), ("x", "30"), ("8", "30")])
def test_the_period_is_one_of_three(wanted, days):
    assert Period.from_query(wanted).days == days
    assert timezone.now() - Period(days).start < timedelta(days=int(days))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three_rows(
    client, waiting, rule, settings, dr_okafor, lead, rows, django_assert_num_queries
):
    settings.FORUM_SECOND_REVIEW_SHARE = 1.0
    third = clinician("third", "Dr. Third", "Moderators")
    for n in range(rows):
        decision = approve(waiting(rule(f"rule-{n}")), by=dr_okafor)
        record_verdict(SecondReview.objects.get(decision=decision), by=third, verdict="rejected", comment="No.")
    client.force_login(lead)
    with django_assert_num_queries(19):
        client.get(PAGE)
    assert Decision.objects.count() == rows
