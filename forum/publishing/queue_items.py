"""Review items: opened with whatever needs a clinician and closed with its answer, in the same transaction."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from core.transitions import transition
from forum.models import Appeal, ClinicalNote, DecisionQuestion, Lane, Post, PostRevision, Report, ReviewItem

OF_REVISIONS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.AFTER]


def promised_time(lane: int) -> timedelta:
    """Return the time within which a clinician reads an item of this lane."""
    return timedelta(minutes=settings.FORUM_REVIEW_TARGET_MINUTES[Lane(lane).name])


def open_revision_item(revision: PostRevision) -> ReviewItem:
    """Open an item for a revision, in the lane of its most urgent triage match."""
    lane = lane_by_triage(revision)
    kind = ReviewItem.Kind.EDIT if revision.number > 1 else ReviewItem.Kind.NEW
    return _open(kind, lane, revision=revision, post=revision.post, category=revision.post.thread.category)


def reopen_revision_item(revision: PostRevision) -> ReviewItem:
    """Reopen the item of a revision whose decision was undone, with its old time; open a new one if it had none."""
    items = ReviewItem.objects.filter(revision=revision, kind__in=OF_REVISIONS).order_by("-pk")
    item = items.first()
    if item is None:
        return open_revision_item(revision)
    if item.state != ReviewItem.State.OPEN:
        transition(item, ReviewItem.State.OPEN, closed_at=None, closed_by=None)
    return item


def open_report_item(report: Report) -> ReviewItem:
    """Open one item for all open reports on the same post or member."""
    about = {"post": report.post} if report.post else {"member": report.member}
    existing = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.REPORT, **about).first()
    category = report.post.thread.category if report.post else None
    return existing or _open(ReviewItem.Kind.REPORT, Lane.AMBER, category=category, **about)


def open_appeal_item(appeal: Appeal) -> ReviewItem:
    post = appeal.decision.revision.post
    return _open(ReviewItem.Kind.APPEAL, Lane.AMBER, appeal=appeal, post=post, category=post.thread.category)


def open_question_item(question: DecisionQuestion) -> ReviewItem:
    post = question.decision.revision.post
    return _open(ReviewItem.Kind.QUESTION, Lane.GREEN, question=question, post=post, category=post.thread.category)


def open_note_item(note: ClinicalNote) -> ReviewItem:
    """Open an item for a clinical note whose source changed, unless one is open."""
    existing = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=note).first()
    return existing or _open(
        ReviewItem.Kind.NOTE, Lane.GREEN, note=note, post=note.post, category=note.post.thread.category
    )


def open_answer_item(post: Post) -> ReviewItem:
    """Open an item for a clinician's answer whose source changed, unless one is open."""
    existing = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=None, post=post).first()
    return existing or _open(ReviewItem.Kind.NOTE, Lane.GREEN, post=post, category=post.thread.category)


def close_answer_item(post: Post) -> None:
    _close(kind=ReviewItem.Kind.NOTE, note=None, post=post.pk)


def _open(kind: str, lane: int, **about: object) -> ReviewItem:
    now = timezone.now()
    return ReviewItem.objects.create(kind=kind, lane=lane, asked_at=now, promised_at=now + promised_time(lane), **about)


def sync_queue(row: object) -> None:
    """Close or update the items of a row whose state just changed."""
    if isinstance(row, PostRevision):
        _sync_revision_item(row)
    elif isinstance(row, Report) and row.state != Report.State.OPEN:
        if not Report.objects.on_same_subject(row).open().exists():
            _close(kind=ReviewItem.Kind.REPORT, post=row.post_id, member=row.member_id)
    elif isinstance(row, Appeal) and row.state != Appeal.State.OPEN:
        _close(kind=ReviewItem.Kind.APPEAL, appeal=row.pk)
    elif isinstance(row, ClinicalNote) and row.state != ClinicalNote.State.SHOWN:
        _close(kind=ReviewItem.Kind.NOTE, note=row.pk)


def _sync_revision_item(revision: PostRevision) -> None:
    if revision.state == PostRevision.State.SHOWN:
        items = ReviewItem.objects.open().filter(revision=revision, kind__in=OF_REVISIONS)
        items.update(kind=ReviewItem.Kind.AFTER)
    elif revision.state != PostRevision.State.WAITING:
        _close(kind__in=OF_REVISIONS, revision=revision.pk)


def is_claimed_by_another(by: User, **which: object) -> bool:
    """Return whether a colleague claimed one of these open items, and lock them so that no one can until the end."""
    rows = ReviewItem.objects.open().filter(**which).select_for_update(no_key=True)
    return any(row.claimed_by_another(by) for row in rows)


def lane_by_triage(revision: PostRevision) -> int:
    """Return the lane of the revision's most urgent triage match; GREEN without one."""
    return revision.triage_matches.aggregate(lane=Min("lane"))["lane"] or Lane.GREEN


def close_note_item(note: ClinicalNote) -> None:
    """Close the item of a note that stays as it is."""
    _close(kind=ReviewItem.Kind.NOTE, note=note.pk)


def close_question_item(question: DecisionQuestion, person: User) -> None:
    _close(kind=ReviewItem.Kind.QUESTION, question=question.pk)
    record_closer(person, question=question.pk)


def close_crisis_item(item: ReviewItem, person: User, *, decided: bool) -> None:
    """Record that a second clinician confirmed; close the item if nothing else is open there."""
    ReviewItem.objects.filter(pk=item.pk).update(needs_second=False)
    if decided:
        _close(pk=item.pk)
        record_closer(person, pk=item.pk)


def record_closer(person: User, **which: object) -> None:
    """Record who answered the items that were just closed."""
    closed = ReviewItem.objects.filter(state=ReviewItem.State.CLOSED, closed_by=None, **which)
    closed.update(closed_by=person)


def _close(**which: object) -> None:
    done = {"state": ReviewItem.State.CLOSED, "closed_at": timezone.now(), "claimed_by": None, "claimed_until": None}
    ReviewItem.objects.open().filter(needs_second=False, **which).update(**done)
