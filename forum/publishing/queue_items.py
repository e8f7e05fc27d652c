"""Review items: opened with whatever needs a clinician and closed with its answer, in the same transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Min, Q
from django.utils import timezone

from accounts import site_settings
from accounts.models import NameChange, User
from forum.models import (
    Acuteness,
    Appeal,
    ClinicalNote,
    DecisionQuestion,
    Experience,
    FollowUp,
    Lane,
    OutsideText,
    Post,
    PostRevision,
    Report,
    ReviewItem,
    TriageMatch,
)
from forum.models.reports import WORRIES

OF_REVISIONS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.AFTER]
AuthorDid = ReviewItem.AuthorDid


class Urgency(NamedTuple):
    """Lower is more urgent."""

    lane: int = Lane.GREEN
    acuteness: int = Acuteness.OTHER


RED = Urgency(Lane.RED)
KEPT_FOR_RED = timedelta(days=30)  # what an author deleted, while a clinician still has to read it


def promised_time(lane: int) -> timedelta:
    """Return the time within which a clinician reads an item of this lane."""
    values = site_settings.current()
    promised = {Lane.RED: values.red_minutes, Lane.AMBER: values.amber_minutes, Lane.GREEN: values.green_minutes}
    return timedelta(minutes=promised[Lane(lane)])


def urgency_by_triage(text: PostRevision | DecisionQuestion | Appeal | Report | OutsideText | Experience) -> Urgency:
    """The lane of the most urgent triage match, and the most acute of the RED ones."""
    most_acute = Min("rule__acuteness", filter=Q(lane=Lane.RED))
    found = text.triage_matches.aggregate(most_urgent=Min("lane"), most_acute=most_acute)
    return Urgency(found["most_urgent"] or Lane.GREEN, found["most_acute"] or Acuteness.OTHER)


def urgency_of(matches: Sequence[TriageMatch]) -> Urgency:
    """What `urgency_by_triage` returns for a text with these matches."""
    red = [match.rule.acuteness for match in matches if match.lane == Lane.RED and match.rule]
    lane = min((match.lane for match in matches), default=Lane.GREEN)
    return Urgency(lane, min(red, default=Acuteness.OTHER))


def open_revision_item(revision: PostRevision, found: Urgency | None = None) -> ReviewItem:
    """Open an item for a revision, in the lane of its most urgent triage match; `found` is it, if known.

    A revision that replaces a waiting one keeps its waiting time and, if it was more urgent, its lane.
    """
    urgency = found or urgency_by_triage(revision)
    kind = ReviewItem.Kind.EDIT if revision.number > 1 else ReviewItem.Kind.NEW
    about = {"revision": revision, "post": revision.post, "category": revision.post.thread.category}
    before = _item_replaced_by(revision)
    if before is None:
        return _open(kind, urgency, **about)
    kept = Urgency(before.lane, before.acuteness)
    changed = {"author_did": AuthorDid.CHANGED, "author_did_at": timezone.now()} if before.lane == Lane.RED else {}
    times = {"asked_at": before.asked_at, "promised_at": before.promised_at}
    item = _open(kind, kept, **about, **times, **changed, replaces=before)
    before.alarms.update(item=item)
    raise_urgency(item, urgency)
    return item


def _item_replaced_by(revision: PostRevision) -> ReviewItem | None:
    """The item of the waiting text that this revision replaces. One that a clinician had answered doesn't count."""
    if revision.number == 1:
        return None
    kinds = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT]
    items = ReviewItem.objects.filter(post=revision.post_id, kind__in=kinds, closed_by=None, replaced_by=None)
    last = {"revision__number": revision.number - 1, "revision__state": PostRevision.State.SUPERSEDED}
    return items.filter(**last).order_by("-pk").first()


def open_report_item(report: Report) -> ReviewItem:
    """Open one item for all open reports on the same post or member; a more urgent report raises it."""
    urgency = _at_least_amber(_urgency_of_report(report))
    about = {"post": report.post} if report.post else {"member": report.member}
    existing = _locked_open_item(kind=ReviewItem.Kind.REPORT, **about)
    if existing:
        raise_urgency(existing, urgency)
        if existing.reporter_id != report.by_id:
            ReviewItem.objects.filter(pk=existing.pk).update(reporter=None)
        return existing
    category = report.post.thread.category if report.post else None
    return _open(ReviewItem.Kind.REPORT, urgency, category=category, reporter=report.by, **about)


def open_appeal_item(appeal: Appeal) -> ReviewItem:
    post = appeal.decision.revision.post
    urgency = _at_least_amber(urgency_by_triage(appeal))
    return _open(ReviewItem.Kind.APPEAL, urgency, appeal=appeal, post=post, category=post.thread.category)


def open_question_item(question: DecisionQuestion) -> ReviewItem:
    post = question.decision.revision.post
    urgency = urgency_by_triage(question)
    return _open(ReviewItem.Kind.QUESTION, urgency, question=question, post=post, category=post.thread.category)


def open_danger_item(member: User | None, post: Post | None = None, urgency: Urgency = RED) -> ReviewItem:
    """Open an item about a person in danger, or find the member's open one and raise it. Anonymous texts have no member."""
    existing = _locked_open_item(kind=ReviewItem.Kind.DANGER, member=member) if member else None
    if existing:
        raise_urgency(existing, urgency)
        return existing
    category = post.thread.category if post else None
    return _open(ReviewItem.Kind.DANGER, urgency, member=member, post=post, category=category)


def _locked_open_item(**which: object) -> ReviewItem | None:
    """Lock the open item, so that no one closes it while another text is added to it."""
    return ReviewItem.objects.open().filter(**which).select_for_update(no_key=True).first()


def is_open_elsewhere(item: ReviewItem) -> bool:
    """Whether another open item is about the same revision or person, so that this one can't be opened again."""
    others = ReviewItem.objects.open().exclude(pk=item.pk)
    if item.kind in OF_REVISIONS:
        return others.filter(revision=item.revision_id, kind__in=OF_REVISIONS).exists()
    return item.member_id is not None and others.filter(kind=item.kind, member=item.member_id).exists()


def open_note_item(note: ClinicalNote) -> ReviewItem:
    """Open an item for a clinical note whose source changed, unless one is open."""
    existing = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=note).first()
    return existing or _open(
        ReviewItem.Kind.NOTE, Urgency(), note=note, post=note.post, category=note.post.thread.category
    )


def open_answer_item(post: Post) -> ReviewItem:
    """Open an item for a clinician's answer whose source changed, unless one is open."""
    existing = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=None, post=post).first()
    return existing or _open(ReviewItem.Kind.NOTE, Urgency(), post=post, category=post.thread.category)


def close_answer_item(post: Post) -> None:
    _close(kind=ReviewItem.Kind.NOTE, note=None, post=post.pk)


def _open(kind: str, urgency: Urgency, **about: object) -> ReviewItem:
    now = timezone.now()
    times = {"asked_at": now, "promised_at": now + promised_time(urgency.lane)}
    return ReviewItem.objects.create(kind=kind, **urgency._asdict(), **(times | about))


def _urgency_of_report(report: Report) -> Urgency:
    """A worry about a person is RED, whatever the words beside it are."""
    worry = WORRIES.get(report.reason)
    found = urgency_by_triage(report)
    return min(found, Urgency(Lane.RED, worry.acuteness)) if worry else found


def _at_least_amber(urgency: Urgency) -> Urgency:
    return min(urgency, Urgency(Lane.AMBER))


def raise_urgency(item: ReviewItem, to: Urgency) -> bool:
    """Make an item more urgent, never less; return whether it changed. A new lane's promise begins now."""
    if to >= (item.lane, item.acuteness):
        return False
    if to.lane < item.lane:
        item.promised_at = min(item.promised_at, timezone.now() + promised_time(to.lane))
    item.lane, item.acuteness = to
    item.save(update_fields=["lane", "acuteness", "promised_at"])
    return True


def raise_to_red(item: ReviewItem) -> None:
    """Put an item into RED and begin its promise anew, so that the alarms count from now."""
    item.lane, item.promised_at = Lane.RED, timezone.now() + promised_time(Lane.RED)
    item.save(update_fields=["lane", "promised_at"])


def sync_queue(row: object) -> None:
    """Close or update the items of a row whose state just changed."""
    if isinstance(row, PostRevision):
        _sync_revision_item(row)
    elif isinstance(row, Post) and row.state in (Post.State.DELETED, Post.State.WITHDRAWN):
        did = AuthorDid.DELETED if row.state == Post.State.DELETED else AuthorDid.WITHDRAWN
        _keep_in_red(did, post=row.pk)
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
    elif revision.state == PostRevision.State.SUPERSEDED:
        _keep_in_red(AuthorDid.CHANGED, kind=ReviewItem.Kind.AFTER, revision=revision.pk)
        _close(kind=ReviewItem.Kind.AFTER, revision=revision.pk, lane__gt=Lane.RED)
        # The item of the text that replaces a waiting one continues this: see open_revision_item.
        _close(kind__in=[ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT], revision=revision.pk)
    elif revision.state == PostRevision.State.WITHDRAWN:
        _keep_in_red(AuthorDid.WITHDRAWN, kind__in=OF_REVISIONS, revision=revision.pk)
        _close(kind__in=OF_REVISIONS, revision=revision.pk, lane__gt=Lane.RED)
    elif revision.state != PostRevision.State.WAITING:
        _close(kind__in=OF_REVISIONS, revision=revision.pk)


def _keep_in_red(did: str, **which: object) -> None:
    """Record what the author did. Only a clinician closes a RED item."""
    items = ReviewItem.objects.open().filter(**which)
    list(items.select_for_update(no_key=True))  # waits for a card or a raise that is making an item RED now
    items.filter(lane=Lane.RED).update(author_did=did, author_did_at=timezone.now())


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


def open_follow_up_item(follow_up: FollowUp) -> ReviewItem:
    """Open an item for a follow-up whose time has come."""
    post = follow_up.post
    category = post.thread.category if post else None
    return _open(ReviewItem.Kind.FOLLOW_UP, Urgency(Lane.AMBER), member=follow_up.person, post=post, category=category)


def open_name_item(change: NameChange, lane: int = Lane.GREEN) -> ReviewItem:
    """Open an item in this lane; at least AMBER if others don't see the name yet."""
    lane = min(lane, Lane.AMBER) if change.state == NameChange.State.WAITING else lane
    return _open(ReviewItem.Kind.NAME, Urgency(lane), member=change.user, name_change=change)


def withdraw_name_item(change: NameChange) -> None:
    """Close the item of a name that its member no longer wants. A RED one stays for a clinician."""
    _keep_in_red(AuthorDid.CHANGED, name_change=change.pk)
    _close(name_change=change.pk, lane__gt=Lane.RED)


def close_name_item(change: NameChange, person: User) -> None:
    _close(name_change=change.pk)
    record_closer(person, name_change=change.pk)


def open_experience_item(experience: Experience) -> ReviewItem:
    urgency = urgency_by_triage(experience)
    return _open(ReviewItem.Kind.EXPERIENCE, urgency, member=experience.author, experience=experience)


def withdraw_experience_item(experience: Experience) -> None:
    """Close the item of an experience that its author has withdrawn. A RED one stays for a clinician."""
    _keep_in_red(AuthorDid.WITHDRAWN, experience=experience.pk)
    _close(experience=experience.pk, lane__gt=Lane.RED)


def close_experience_item(experience: Experience, person: User) -> None:
    _close(experience=experience.pk)
    record_closer(person, experience=experience.pk)


def close_follow_up_item(item: ReviewItem, person: User) -> None:
    _close(kind=ReviewItem.Kind.FOLLOW_UP, pk=item.pk)
    record_closer(person, pk=item.pk)
