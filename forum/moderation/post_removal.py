"""Actions on published posts and threads: remove, hide, restore, keep, lock."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import required_credential
from forum.models import Appeal, Decision, Post, PostRevision, Report, ReviewItem, Thread, ThreadLogEntry
from forum.moderation.decision_records import record_decision
from forum.moderation.text_decisions import Superseded, assert_not_claimed_by_other
from forum.notifications.kinds import tell_decision, tell_locked, tell_reporter
from forum.permissions import can_lock_thread, can_moderate_post, can_remove_post, can_restore_post
from forum.publishing.locks import lock_post
from forum.publishing.publish import move, republish, unpublish
from forum.publishing.queue_items import record_closer


@transaction.atomic
def remove(post: Post, *, by: User, reason: str, note: str = "") -> Decision:
    """Replace a post with a notice, and close the open reports on it. Raise PermissionDenied and Superseded."""
    post = lock_post(post.pk)
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.REPORT, post=post.pk)  # hiding ignores claims
    return remove_locked(post, by, reason, note)


def remove_locked(post: Post, by: User, reason: str, note: str) -> Decision:
    """Remove a post that the caller has locked; also used to uphold a report."""
    if post.state not in (Post.State.PUBLISHED, Post.State.HIDDEN):
        raise Superseded(f"{post}.")
    if not can_remove_post(by, post):
        raise PermissionDenied
    revision = _live_for_update(post)
    if revision.state == PostRevision.State.SHOWN:
        move(revision, PostRevision.State.REJECTED)
    if post.state == Post.State.HIDDEN:
        move(post, Post.State.REMOVED)
    else:
        unpublish(post, Post.State.REMOVED)
    decision = record_decision(revision, Decision.Action.REMOVED, by=by, reason=reason, note=note)
    tell_decision(decision)
    close_reports(list(post.reports.open().select_for_update(no_key=True)), Report.State.ACTED, by=by)
    return decision


@transaction.atomic
def hide(post: Post, *, by: User, reason: str, note: str = "") -> Decision:
    """Hide a post pending investigation. Reports on it stay open. Raise PermissionDenied and Superseded."""
    post = lock_post(post.pk)
    if post.state != Post.State.PUBLISHED:
        raise Superseded(f"{post}.")
    if not can_remove_post(by, post):
        raise PermissionDenied
    unpublish(post, Post.State.HIDDEN)
    decision = record_decision(_live_for_update(post), Decision.Action.HIDDEN, by=by, reason=reason, note=note)
    tell_decision(decision)
    return decision


@transaction.atomic
def restore(post: Post, *, by: User, note: str = "") -> Decision:
    """Show a removed or hidden post again in its old position. Raise PermissionDenied and Superseded."""
    post = lock_post(post.pk)
    if post.state not in (Post.State.REMOVED, Post.State.HIDDEN):
        raise Superseded(f"{post}.")
    if not can_restore_post(by, post):
        raise PermissionDenied
    decision = restore_locked(post, by, note)
    tell_decision(decision)
    return decision


def restore_locked(post: Post, by: User, note: str, appeal: Appeal | None = None) -> Decision:
    """Restore a post that the caller has locked and checked the permission for; also used for appeals."""
    revision = _live_for_update(post)
    if revision.state == PostRevision.State.REJECTED:
        move(revision, PostRevision.State.APPROVED)
    republish(post)
    return record_decision(revision, Decision.Action.RESTORED, by=by, note=note, appeal=appeal)


@transaction.atomic
def keep_shown(revision: PostRevision, *, by: User) -> Decision:
    """Approve a text that was published before review. Raise PermissionDenied, and Superseded if readers see another text now."""
    post = lock_post(revision.post_id)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if revision.state != PostRevision.State.SHOWN or post.state != Post.State.PUBLISHED:
        raise Superseded(f"{revision} {revision.get_state_display()}.")
    assert_not_claimed_by_other(by, revision=revision.pk)
    move(revision, PostRevision.State.APPROVED)
    return record_decision(revision, Decision.Action.READ, by=by)


@transaction.atomic
def lock(thread: Thread, *, by: User) -> None:
    """Close a thread to new posts."""
    _set_thread_state(thread, Thread.State.LOCKED, by)


@transaction.atomic
def unlock(thread: Thread, *, by: User) -> None:
    _set_thread_state(thread, Thread.State.OPEN, by)


def _set_thread_state(thread: Thread, to: Thread.State, by: User) -> None:
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if not can_lock_thread(by, thread):
        raise PermissionDenied
    move(thread, to)
    action = ThreadLogEntry.Action.LOCKED if to == Thread.State.LOCKED else ThreadLogEntry.Action.UNLOCKED
    thread.log_entries.create(action=action, by=by, credential=required_credential(by))
    tell_locked(thread)


def _live_for_update(post: Post) -> PostRevision:
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=post.live_revision_id)  # type: ignore[misc]
    revision.post = post
    return revision


def close_reports(reports: list[Report], to: Report.State, *, by: User) -> None:
    """Close reports on one post or member, and notify each reporter."""
    for report in reports:
        move(report, to, closed_at=timezone.now())
        tell_reporter(report)
    if reports:
        about = {"post": reports[0].post_id, "member": reports[0].member_id}
        record_closer(by, kind=ReviewItem.Kind.REPORT, **about)
