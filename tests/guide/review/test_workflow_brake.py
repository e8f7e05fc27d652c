"""What stops or takes back a text: urgent publications, restored versions and schedules."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Notification
from core.transitions import IllegalTransition
from guide.models import Article, Proposal, Question
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.exceptions import InvalidProposal
from guide.review.revisions import Draft, write_revision
from guide.review.snapshot import snapshot
from guide.review.workflow import (
    CHECKLIST,
    approve,
    cancel_schedule,
    discard,
    publish_urgently,
    reschedule,
    restore,
    restore_before,
    send_back,
    submit,
)
from tests.guide.review.conftest import approved, live_text, proposed, uncached

SOON = timedelta(hours=1)


def test_nothing_new_is_published_urgently(article, question, elif_):
    page = Draft("A", "S", "Short.[^site]", "Text.[^site]", section=article.live.section_id, position=3)
    new = Article.objects.create(slug="new")
    row = snapshot(question) | {"slug": "new"}
    for proposal in (
        write_revision(new, page, by=elif_).proposal,
        save_row_draft(RowDraft("question", None, row, "x"), by=elif_),
    ):
        with pytest.raises(InvalidProposal, match="This is new"):
            publish_urgently(proposal, by=elif_, reason="Danger.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.get(object_id=new.pk, model="article").decisions.create(action="urgent", by=elif_, reason="x")


def test_what_a_reviewer_sent_back_is_not_published_urgently_in_other_words(subject, waiting, elif_, dr_okafor):
    send_back(waiting, by=dr_okafor, reason="No.")
    discard(waiting, by=elif_)
    again = proposed(subject, elif_, "Almost the same text.[^site]")
    with pytest.raises(InvalidProposal, match="sent back a change to this"):
        publish_urgently(again, by=elif_, reason="I disagree.")
    submit(again, by=elif_)
    approve(again, by=dr_okafor, checked=CHECKLIST)
    publish_urgently(proposed(subject, elif_, "Another matter.[^site]"), by=elif_, reason="Danger.")
    assert live_text(subject) == "Another matter.[^site]"


@pytest.mark.parametrize("words", ["No source.", "Text.[^S999]", "Take 200 mg now.[^site]"])
def test_unsafe_text_is_not_published_urgently_or_restored(subject, elif_, words):
    before = live_text(subject)
    with pytest.raises(InvalidProposal):
        publish_urgently(proposed(subject, elif_, words), by=elif_, reason="Danger.")
    assert live_text(subject) == before


def test_urgent_and_restored_texts_wait_in_one_queue_and_reviewers_hear_at_once(subject, elif_, dr_okafor, dr_lind):
    first = approved(proposed(subject, elif_, "First.[^site]"), elif_, dr_okafor)
    urgent = proposed(subject, elif_, "Urgent.[^site]")
    publish_urgently(urgent, by=elif_, reason="Danger.")
    assert [(p, p.unreviewed_because) for p in Proposal.objects.live_unreviewed()] == [(urgent, "urgent")]
    restored = restore(first, by=elif_, reason="It was right.")
    assert [(p, p.unreviewed_because) for p in Proposal.objects.live_unreviewed()] == [(restored, "restored")]
    told = Notification.objects.filter(kind="guide-live").order_by("pk")
    assert [n.recipient for n in told] == [dr_okafor, dr_lind] * 2
    assert all(n.mail_due_at for n in told)
    approve(restored, by=dr_lind, checked=CHECKLIST)
    assert not Proposal.objects.live_unreviewed().exists()


def test_a_restore_does_not_launder_an_urgent_text(article, elif_, dr_okafor, client):
    urgent = proposed(article, elif_, "Urgent.[^site]")
    publish_urgently(urgent, by=elif_, reason="Danger.")
    approved(proposed(article, elif_, "Reviewed.[^site]"), elif_, dr_okafor)
    restored = restore(urgent, by=elif_, reason="It was right.")
    assert list(Proposal.objects.live_unreviewed()) == [restored]
    assert "Restored to an earlier version on" in uncached(client).content.decode()
    with pytest.raises(PermissionDenied):
        approve(restored, by=elif_, checked=CHECKLIST)


@pytest.mark.parametrize("name", ["dr_okafor", "elif_"])
def test_the_brake_restores_the_text_before(subject, elif_, name, request):
    before, by = live_text(subject), request.getfixturevalue(name)
    urgent = proposed(subject, elif_, "Wrong.[^site]")
    publish_urgently(urgent, by=elif_, reason="Danger.")
    restored = restore_before(urgent, by=by, reason="It was wrong.")
    assert live_text(subject) == before
    assert (restored.state, restored.author, restored.decisions.get().action) == ("published", by, "restored")
    with pytest.raises(IllegalTransition):
        restore_before(urgent, by=by, reason="Again.")


def test_the_brake_brings_a_removed_row_back_under_its_key(question, elif_, dr_okafor):
    before = snapshot(question)
    removal = save_row_draft(RowDraft("question", question.pk, {}, "When?", removes=True), by=elif_)
    publish_urgently(removal, by=elif_, reason="Danger.")
    assert not Question.objects.exists()
    restore_before(removal, by=dr_okafor, reason="It is needed.")
    assert snapshot(Question.objects.get(pk=question.pk)) == before


def test_the_brake_needs_a_reason_and_a_text_before(article, elif_, dr_okafor, maya):
    first = article.live_revision.proposal
    with pytest.raises(IllegalTransition):
        restore_before(first, by=dr_okafor, reason="x")
    with pytest.raises(PermissionDenied):
        restore_before(first, by=maya, reason="x")
    urgent = proposed(article, elif_)
    publish_urgently(urgent, by=elif_, reason="x")
    with pytest.raises(ValueError, match="Say why"):
        restore_before(urgent, by=dr_okafor, reason=" ")


@pytest.mark.parametrize("name", ["ada", "dr_lind", "elif_", "boss"])
def test_editors_and_reviewers_cancel_or_move_a_schedule(subject, waiting, dr_okafor, name, request):
    by, soon = request.getfixturevalue(name), timezone.now() + SOON
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=soon)
    with pytest.raises(ValueError, match="future"):
        reschedule(waiting, by=by, scheduled_for=timezone.now())
    decision = reschedule(waiting, by=by, scheduled_for=soon + SOON)
    waiting.refresh_from_db()
    assert (waiting.scheduled_for, decision.action, decision.by) == (soon + SOON, "rescheduled", by)
    cancel_schedule(waiting, by=by)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.scheduled_for) == ("draft", None)
    with pytest.raises(DatabaseError), transaction.atomic():  # its approval is spent
        Proposal.objects.filter(pk=waiting.pk).update(state="published", published_at=timezone.now())


def test_a_schedule_is_stopped_even_if_there_is_a_newer_draft(subject, waiting, elif_, dr_okafor):
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    newer = proposed(subject, elif_, "Newer.[^site]")
    cancel_schedule(waiting, by=dr_okafor)
    waiting.refresh_from_db()
    assert (waiting.state, newer.state) == ("superseded", "draft")


@pytest.mark.parametrize("name", ["maya", "vera"])
def test_others_cannot_stop_or_move_a_schedule(waiting, dr_okafor, name, request):
    by = request.getfixturevalue(name)
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    for act in (
        lambda: cancel_schedule(waiting, by=by),
        lambda: reschedule(waiting, by=by, scheduled_for=timezone.now() + SOON),
    ):
        with pytest.raises(PermissionDenied):
            act()
