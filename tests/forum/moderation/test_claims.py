"""Claims, Next, the queue's pages, bulk approval and undo."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import InternalError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from core.transitions import IllegalTransition
from forum.appeals import questions
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import (
    Decision,
    ItemView,
    PendingAction,
    PrivateNote,
    ReviewItem,
)
from forum.moderation import (
    appeal_decisions,
    bulk,
    claims,
    clinical_notes,
    post_removal,
    queue,
    report_decisions,
    text_decisions,
)
from forum.moderation.escalation import escalate
from forum.moderation.question_answers import answer_question
from forum.moderation.text_decisions import Superseded
from forum.publishing.requeue import find_queue_faults
from tests.conftest import MODERATORS, clinician
from tests.forum.conftest import let_undo_run_out


@pytest.fixture
def item(say, maya):
    return ReviewItem.objects.get(revision=say(maya, "Question.", public=False).revisions.get())


def told(user):
    return list(Notification.objects.of(user).order_by("pk").values_list("sentence", flat=True))


def test_a_claim_lasts_ten_minutes(item, dr_okafor, dr_lind):
    held = claims.claim(item, by=dr_okafor)
    assert timedelta(minutes=9) < held.claimed_until - timezone.now() <= timedelta(minutes=10)
    with pytest.raises(Superseded):
        claims.claim(item, by=dr_lind)
    assert not claims.release(item, by=dr_lind)
    assert claims.release(item, by=dr_okafor)
    assert claims.claim(item, by=dr_lind).claimed_by == dr_lind


def test_a_claim_expires_unless_it_is_renewed(item, dr_okafor, dr_lind):
    claims.claim(item, by=dr_okafor)
    ReviewItem.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert claims.claim_next(dr_lind) == item


def test_taking_over_notifies_the_previous_claimant(item, dr_okafor, dr_lind):
    claims.claim(item, by=dr_okafor)
    claims.take_over(item, by=dr_lind)
    assert told(dr_okafor) == ["A colleague took over an item you had open."]
    assert PrivateNote.objects.values_list("kind", "by", "to").get() == ("taken-over", dr_lind.pk, dr_okafor.pk)


def test_members_and_authors_cannot_claim_items(item, say, maya, noah, dr_lind):
    own = ReviewItem.objects.get(revision=say(dr_lind, "Mine.", public=False).revisions.get())
    for who, what in ((noah, item), (maya, item), (dr_lind, own)):
        with pytest.raises(PermissionDenied):
            claims.claim(what, by=who)
    with pytest.raises(PermissionDenied):
        claims.claim_next(noah)


def test_next_offers_the_most_urgent_unclaimed_item(say, maya, dr_okafor, dr_lind):
    green, amber, red = (say(maya, f"Words {n}.", public=False).pk for n in range(3))
    ReviewItem.objects.filter(post=red).update(lane=1)
    ReviewItem.objects.filter(post=amber).update(lane=2)
    given = [claims.claim_next(who).post_id for who in (dr_okafor, dr_lind, dr_okafor)]
    assert given == [red, amber, green]
    assert claims.claim_next(dr_lind) is None


def test_escalated_items_are_offered_first_to_the_colleague_who_was_asked(say, maya, dr_okafor, dr_lind):
    first, second = (ReviewItem.objects.get(post=say(maya, f"Words {n}.", public=False)) for n in range(2))
    escalate(second, by=dr_okafor, to=dr_lind, note="Please.")
    assert claims.claim_next(dr_okafor) == first
    claims.release(first, by=dr_okafor)
    assert claims.claim_next(dr_lind) == second


@pytest.mark.django_db(transaction=True)
def test_ten_moderators_asking_at_once_get_different_items(say, maya, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 20
    team = [clinician(f"m{n}", f"Dr. M{n}", MODERATORS) for n in range(10)]
    for n in range(10):
        say(maya, f"Words {n}.", public=False)
    given, ready = [], threading.Barrier(10)

    def ask(who):
        ready.wait()
        given.append(claims.claim_next(who).pk)
        connection.close()

    threads = [threading.Thread(target=ask, args=[who]) for who in team]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(given) == len(set(given)) == 10


def test_only_opened_green_texts_can_be_approved_in_bulk(say, maya, dr_okafor, dr_lind):
    posts = [say(maya, f"Words {n}.", public=False) for n in range(4)]
    opened, unopened, red, held = (ReviewItem.objects.get(post=p) for p in posts)
    for item in (opened, red):
        ItemView.objects.create(item=item, by=dr_okafor)
    ReviewItem.objects.filter(pk=red.pk).update(lane=1)
    claims.claim(held, by=dr_lind)
    refused = bulk.bulk_approve([str(i.pk) for i in (opened, unopened, red, held)], by=dr_okafor)
    assert (len(refused), PendingAction.objects.get().item) == (3, opened)
    assert let_undo_run_out() == 1
    assert Decision.objects.get().revision == opened.revision


def test_claiming_deciding_and_undoing_through_the_pages(client, say, maya, dr_okafor, dr_lind):
    post = say(maya, "Words.", title="A plain question", public=False)
    item = ReviewItem.objects.get(post=post)
    client.force_login(dr_lind)
    html = client.get(reverse("forum:review-queue")).content.decode()
    assert "A plain question" in html and "23 h left" in html
    assert client.post(reverse("forum:next-item"))["Location"] == reverse("forum:review-item", args=[item.pk])
    page = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert "Yours for" in page
    client.force_login(dr_okafor)
    other = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert "Dr. Lind is working on this" in other
    assert client.post(reverse("forum:item-action", args=[item.pk, "approve"])).status_code == 409
    client.post(reverse("forum:take-over", args=[item.pk]))
    assert client.post(reverse("forum:item-action", args=[item.pk, "approve"]))["Location"] == reverse(
        "forum:review-queue"
    )
    html = client.get(reverse("forum:review-queue")).content.decode()
    assert "Approve</strong>: “A plain question”" in html and "23 h left" not in html
    undone = client.post(reverse("forum:undo", args=[PendingAction.objects.get().pk]))
    assert undone["Location"] == reverse("forum:review-item", args=[item.pk])
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("query", "there"),
    [
        *[("lane=green", True), ("lane=red", False), ("kind=new", True), ("kind=report", False)],
        *[("category=starting", True), ("category=x", False), ("whose=mine", False), ("whose=free", True)],
        *[
            ("whose=late", False),
            ("rule=suicide", False),
            ("lane=%00&after=1_x_2", None),
            ("after=3_9_2999-01-01T00:00:00%2B00:00_9", False),
        ],
    ],
)
def test_queue_filters(client, say, maya, dr_lind, query, there):
    say(maya, "Words.", title="A plain question", public=False)
    client.force_login(dr_lind)
    html = client.get(f"{reverse('forum:review-queue')}?{query}").content.decode()
    assert there is None or ("A plain question" in html) == there


def test_an_appeal_claimed_by_another_moderator_cannot_be_answered(client, say, maya, dr_okafor, dr_lind):
    decision = post_removal.remove(say(maya, "Words."), by=dr_okafor, reason="spam")
    made = appeal(decision, by=maya, text="Why?")
    claims.claim(ReviewItem.objects.open().get(kind="appeal"), by=dr_lind)
    client.force_login(clinician("third", "Dr. Third", MODERATORS))
    item = ReviewItem.objects.open().get(kind="appeal")
    answer = {"uphold-answer": "It stays."}
    assert client.post(reverse("forum:item-action", args=[item.pk, "uphold"]), answer).status_code == 409
    made.refresh_from_db()
    assert made.state == "open"


def test_the_next_page_follows_the_last_even_if_items_were_closed(client, say, maya, dr_okafor, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 2)
    posts = [say(maya, f"Words {n}.", title=f"Number {n}", public=False) for n in range(4)]
    client.force_login(dr_okafor)
    first = client.get(reverse("forum:review-queue"))
    assert [row.post_id for row in first.context["rows"]] == [posts[0].pk, posts[1].pk]
    text_decisions.approve(posts[0].revisions.get(), by=dr_okafor)
    second = client.get(reverse("forum:review-queue"), {"after": first.context["more"]})
    assert [row.post_id for row in second.context["rows"]] == [posts[2].pk, posts[3].pk]
    assert second.context["more"] == ""


def test_no_decision_is_possible_on_what_a_colleague_has_claimed(say, maya, noah, dr_okafor, dr_lind):
    revision = say(maya, "Words.", public=False).revisions.get()
    claims.claim(ReviewItem.objects.get(revision=revision), by=dr_lind)
    for action in (
        lambda: text_decisions.approve(revision, by=dr_okafor),
        lambda: text_decisions.reject(revision, by=dr_okafor, reason="spam"),
        lambda: text_decisions.ask_for_changes(revision, by=dr_okafor, reason="dose", note="x"),
    ):
        with pytest.raises(Superseded):
            action()
    public = say(maya, "Public.")
    found_report, _ = report_post(public, by=noah, reason="dose", note="")
    claims.claim(ReviewItem.objects.get(kind="report"), by=dr_lind)
    removing = lambda: post_removal.remove(public, by=dr_okafor, reason="dose", note="x")  # noqa: E731
    for action in (lambda: report_decisions.dismiss_report(found_report, by=dr_okafor), removing):
        with pytest.raises(Superseded):
            action()
    post_removal.hide(
        public, by=dr_okafor, reason="dose"
    )  # hiding works despite the claim; Dr. Lind still has to close the report
    assert list(public.reports.values_list("state", flat=True)) == ["open"]
    assert not Decision.objects.filter(revision=revision).exists()


def test_claimed_notes_and_questions_cannot_be_handled_by_others(say, maya, dr_okafor, dr_lind):
    noted = say(maya, "Public.")
    note = clinical_notes.add_note(noted, by=dr_okafor, body="Please ask your prescriber.")
    clinical_notes.flag_note(note, by=dr_okafor)
    no = text_decisions.reject(say(maya, "No.", public=False).revisions.get(), by=dr_okafor, reason="spam")
    question = questions.ask(no, by=maya, text="What is it?")
    for item in ReviewItem.objects.open().filter(kind__in=["note", "question"]):
        claims.claim(item, by=dr_lind)
    for action in (
        lambda: clinical_notes.confirm_note(note, by=dr_okafor),
        lambda: clinical_notes.withdraw_note(note, by=dr_okafor),
        lambda: answer_question(question, by=dr_okafor, text="This."),
    ):
        with pytest.raises(IllegalTransition):
            action()
    clinical_notes.confirm_note(note, by=dr_lind)
    answer_question(question, by=dr_lind, text="This.")
    assert ReviewItem.objects.open().count() == 0


def test_the_log_records_the_lane_of_the_item(say, maya, noah, dr_okafor, dr_lind):
    revision = say(maya, "Words.", public=False).revisions.get()
    ReviewItem.objects.filter(revision=revision).update(lane=1)
    assert text_decisions.approve(revision, by=dr_okafor).lane == 1
    found_report, _ = report_post(revision.post, by=noah, reason="dose", note="")
    report_decisions.uphold_report(found_report, by=dr_lind, reason="dose")
    no = Decision.objects.latest("pk")
    assert (no.action, no.lane) == ("removed", 2)  # reports wait in AMBER
    appeal_decisions.answer_appeal(appeal(no, by=maya, text="Why?"), by=dr_okafor, overturn=True, answer="So.")
    assert Decision.objects.latest("pk").lane == 2


def test_an_old_escalation_no_longer_reserves_an_item(say, maya, dr_okafor, dr_lind):
    first, second = (ReviewItem.objects.get(post=say(maya, f"Words {n}.", public=False)) for n in range(2))
    third = clinician("m9", "Dr. M9", MODERATORS)
    escalate(second, by=dr_okafor, to=third, note="Please.")
    ReviewItem.objects.filter(pk=second.pk).update(escalated_at=timezone.now() - timedelta(hours=1))
    assert [claims.claim_next(dr_lind), claims.claim_next(dr_okafor)] == [first, second]


def test_a_lapsed_credential_is_explained_and_typed_text_is_kept(client, say, maya, dr_lind, noah):
    item = ReviewItem.objects.get(post=say(maya, "Words.", public=False))
    address = reverse("forum:item-action", args=[item.pk, "changes"])
    words = {"changes-reason": "dose", "changes-note": "Please leave out the number of tablets, " * 2}
    client.force_login(dr_lind)
    claims.claim(item, by=dr_lind)
    dr_lind.credentials.update(expires_at=timezone.now())
    answer = client.post(address, words)
    assert answer.status_code == 403
    assert "Your verification has ended" in answer.content.decode()
    assert words["changes-note"] in answer.content.decode()
    assert not Decision.objects.exists()
    client.force_login(noah)
    assert client.post(address, words).status_code == 404


def test_the_queue_can_be_rebuilt_from_open_work(say, maya, noah, dr_okafor, dr_lind):
    waiting = say(maya, "Waits.", public=False).revisions.get()
    public = say(maya, "Public.")
    report_post(public, by=noah, reason="dose", note="")
    no = text_decisions.reject(say(maya, "No.", public=False).revisions.get(), by=dr_okafor, reason="spam")
    appeal(no, by=maya, text="Why?")
    questions.ask(no, by=maya, text="What is spam?")
    right = sorted(ReviewItem.objects.open().values_list("kind", flat=True))
    assert (right, find_queue_faults()) == (["appeal", "new", "question", "report"], [])
    ReviewItem.objects.update(state="closed", closed_at=timezone.now())
    ReviewItem.objects.filter(revision=public.live_revision).update(state="open", closed_at=None)
    assert len(find_queue_faults()) == 5
    with pytest.raises(CommandError, match="5 differences"):
        call_command("recount", check=True)
    call_command("recount", verbosity=0)
    assert sorted(ReviewItem.objects.open().values_list("kind", flat=True)) == right
    assert find_queue_faults() == []
    assert ReviewItem.objects.open().get(kind="new").revision == waiting


def test_the_database_refuses_decisions_on_ones_own_post(say, dr_lind):
    revision = say(dr_lind, "Mine.", public=False).revisions.get()
    held = {"by": dr_lind, "credential": dr_lind.credentials.get(), "waited": timedelta()}
    with pytest.raises(InternalError, match="a moderator may not decide on their own post"):
        Decision.objects.create(revision=revision, action="approved", **held)
