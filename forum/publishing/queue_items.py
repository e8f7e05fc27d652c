"""Rows of the queue: opened with what asks for a clinician, closed with what answers it, in the same transaction."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from core.transitions import transition
from forum.models import Appeal, ClinicalNote, DecisionQuestion, Lane, Post, PostRevision, Report, ReviewItem

OF_REVISIONS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.AFTER]


def promise(lane: int) -> timedelta:
    """Within which time a clinician looks at an item of this lane."""
    return timedelta(minutes=settings.FORUM_PROMISE_MINUTES[Lane(lane).name])


def ask_about_revision(revision: PostRevision) -> ReviewItem:
    """A text was sent: the row stands in the lane of the most urgent thing that triage noticed in it."""
    lane = lane_by_triage(revision)
    kind = ReviewItem.Kind.EDIT if revision.number > 1 else ReviewItem.Kind.NEW
    return _ask(kind, lane, revision=revision, post=revision.post, category=revision.post.thread.category)


def ask_again(revision: PostRevision) -> ReviewItem:
    """The row of a text that waits again after an undo, with its old time; a new one where there is none."""
    mine = ReviewItem.objects.filter(revision=revision, kind__in=OF_REVISIONS).order_by("-pk")
    item = mine.first()
    if item is None:
        return ask_about_revision(revision)
    if item.state != ReviewItem.State.OPEN:
        transition(item, ReviewItem.State.OPEN, closed_at=None, closed_by=None)
    return item


def ask_about_report(report: Report) -> ReviewItem:
    """One row for all open reports on the same post or member; a second report makes no second row."""
    about = {"post": report.post} if report.post else {"member": report.member}
    there = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.REPORT, **about).first()
    category = report.post.thread.category if report.post else None
    return there or _ask(ReviewItem.Kind.REPORT, Lane.AMBER, category=category, **about)


def ask_about_appeal(appeal: Appeal) -> ReviewItem:
    post = appeal.decision.revision.post
    return _ask(ReviewItem.Kind.APPEAL, Lane.AMBER, appeal=appeal, post=post, category=post.thread.category)


def ask_about_question(question: DecisionQuestion) -> ReviewItem:
    post = question.decision.revision.post
    return _ask(ReviewItem.Kind.QUESTION, Lane.GREEN, question=question, post=post, category=post.thread.category)


def ask_about_note(note: ClinicalNote) -> ReviewItem:
    """What a clinical note rests on has changed; an open row for it stays the only one."""
    there = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=note).first()
    return there or _ask(
        ReviewItem.Kind.NOTE, Lane.GREEN, note=note, post=note.post, category=note.post.thread.category
    )


def ask_about_answer(post: Post) -> ReviewItem:
    """What a clinician's answer rests on has changed; an open row for it stays the only one."""
    there = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=None, post=post).first()
    return there or _ask(ReviewItem.Kind.NOTE, Lane.GREEN, post=post, category=post.thread.category)


def close_answer_item(post: Post) -> None:
    """The answer was looked at again."""
    _close(kind=ReviewItem.Kind.NOTE, note=None, post=post.pk)


def _ask(kind: str, lane: int, **about: object) -> ReviewItem:
    now = timezone.now()
    return ReviewItem.objects.create(kind=kind, lane=lane, asked_at=now, promised_at=now + promise(lane), **about)


def settle(row: object) -> None:
    """Bring the queue in step with a row that was just moved: what is answered closes, what is asked again opens."""
    if isinstance(row, PostRevision):
        _settle_revision(row)
    elif isinstance(row, Report) and row.state != Report.State.OPEN:
        if not Report.objects.on_same_subject(row).open().exists():
            _close(kind=ReviewItem.Kind.REPORT, post=row.post_id, member=row.member_id)
    elif isinstance(row, Appeal) and row.state != Appeal.State.OPEN:
        _close(kind=ReviewItem.Kind.APPEAL, appeal=row.pk)
    elif isinstance(row, ClinicalNote) and row.state != ClinicalNote.State.SHOWN:
        _close(kind=ReviewItem.Kind.NOTE, note=row.pk)


def _settle_revision(revision: PostRevision) -> None:
    if revision.state == PostRevision.State.SHOWN:
        mine = ReviewItem.objects.open().filter(revision=revision, kind__in=OF_REVISIONS)
        mine.update(kind=ReviewItem.Kind.AFTER)
    elif revision.state != PostRevision.State.WAITING:
        _close(kind__in=OF_REVISIONS, revision=revision.pk)


def held_by_another(by: User, **which: object) -> bool:
    """Whether a colleague has claimed the open row that asks about this; the row is held until the end, so none claims it."""
    rows = ReviewItem.objects.open().filter(**which).select_for_update(no_key=True)
    return any(row.claimed_by_another(by) for row in rows)


def lane_by_triage(revision: PostRevision) -> int:
    """The lane of the most urgent thing that triage noticed in the text."""
    return revision.triage_matches.aggregate(lane=Min("lane"))["lane"] or Lane.GREEN


def close_note_item(note: ClinicalNote) -> None:
    """The note stays as it is, and is no longer asked about."""
    _close(kind=ReviewItem.Kind.NOTE, note=note.pk)


def close_question_item(question: DecisionQuestion, person: User) -> None:
    _close(kind=ReviewItem.Kind.QUESTION, question=question.pk)
    closed_by(person, question=question.pk)


def close_crisis_item(item: ReviewItem, person: User, *, decided: bool) -> None:
    """Two clinicians have seen to it; the row goes if nothing else is asked there."""
    ReviewItem.objects.filter(pk=item.pk).update(needs_second=False)
    if decided:
        _close(pk=item.pk)
        closed_by(person, pk=item.pk)


def closed_by(person: User, **which: object) -> None:
    """Name who answered what was just closed."""
    closed = ReviewItem.objects.filter(state=ReviewItem.State.CLOSED, closed_by=None, **which)
    closed.update(closed_by=person)


def _close(**which: object) -> None:
    done = {"state": ReviewItem.State.CLOSED, "closed_at": timezone.now(), "claimed_by": None, "claimed_until": None}
    ReviewItem.objects.open().filter(needs_second=False, **which).update(**done)
