"""Moderators' decisions on reports and appeals."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Appeal, Decision, Post, PostRevision, Report, ReviewItem
from forum.moderation.decide import Superseded, assert_not_claimed_by_other
from forum.moderation.decisions import record_decision
from forum.moderation.post_removal import close_reports, remove_locked, restore_locked
from forum.notifications.kinds import tell_appeal, tell_published, tell_staff_of_member
from forum.permissions import can_answer_appeal, can_decide_report
from forum.publishing.locks import lock_post
from forum.publishing.public_state import sync_public_state
from forum.publishing.queue_items import record_closer
from forum.publishing.transitions import move, publish
from forum.publishing.visible_text import rerender_revision


def decide_report(report: Report, *, by: User, action: str, reason: str = "", note: str = "") -> None:
    """Do what the moderator chose: `keep`, `staff`, or `act`, for which see `uphold_report`."""
    if action == "keep":
        dismiss_report(report, by=by)
    elif action == "staff":
        refer_author_to_staff(report, by=by)
    else:
        uphold_report(report, by=by, reason=reason, note=note)


@transaction.atomic
def dismiss_report(report: Report, *, by: User) -> None:
    """Close all open reports on the same post or member without acting. Raise PermissionDenied and Superseded."""
    close_reports(_reports_for_update(report, by), Report.State.KEPT, by=by)


@transaction.atomic
def uphold_report(report: Report, *, by: User, reason: str, note: str = "") -> None:
    """Remove the post, or ask staff to check the member. Closes all open reports on the same post or member."""
    reports = _reports_for_update(report, by)
    if report.post:
        remove_locked(report.post, by, reason, note)
        return
    close_reports(reports, Report.State.ACTED, by=by)
    if report.member:
        tell_staff_of_member(report.member)


@transaction.atomic
def refer_author_to_staff(report: Report, *, by: User) -> None:
    """Leave a reported post as it is, and ask staff to check its author. Raise PermissionDenied and Superseded."""
    reports = _reports_for_update(report, by)
    if report.post is None or not any(one.about_author for one in reports):
        raise PermissionDenied
    for about_author, to in ((True, Report.State.ACTED), (False, Report.State.KEPT)):
        close_reports([one for one in reports if one.about_author == about_author], to, by=by)
    tell_staff_of_member(report.post.author)


def _reports_for_update(report: Report, by: User) -> list[Report]:
    """Lock the post, then all open reports on the same post or member. Raise PermissionDenied and Superseded."""
    if report.post:
        report.post = lock_post(report.post.pk)
    reports = list(Report.objects.on_same_subject(report).open().order_by("pk").select_for_update(no_key=True))
    if not can_decide_report(by, report):
        raise PermissionDenied
    if report.pk not in {one.pk for one in reports}:
        raise Superseded("This report is already closed.")
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.REPORT, post=report.post_id, member=report.member_id)
    return reports


@transaction.atomic
def answer_appeal(appeal: Appeal, *, by: User, overturn: bool, answer: str) -> Appeal:
    """Uphold or overturn a decision; overturning publishes or restores the text. Raise PermissionDenied and IllegalTransition."""
    post = lock_post(appeal.decision.revision.post_id)
    appeal = Appeal.objects.select_for_update(no_key=True).select_related("decision__revision").get(pk=appeal.pk)
    appeal.decision.revision.post = post
    if not can_answer_appeal(by, appeal):
        raise PermissionDenied
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.APPEAL, appeal=appeal.pk)
    to = Appeal.State.OVERTURNED if overturn else Appeal.State.UPHELD
    move(appeal, to, answered_by=by, answered_at=timezone.now(), answer=answer)
    record_closer(by, appeal=appeal)
    if overturn:
        _overturn(appeal, by)
    tell_appeal(appeal)
    return appeal


def _overturn(appeal: Appeal, by: User) -> None:
    """Publish or restore the text, unless it was withdrawn or deleted, or a newer text is live."""
    decision, post = appeal.decision, appeal.decision.revision.post
    if post.author.state == User.State.ERASED:
        return
    if decision.action == Decision.Action.REMOVED:
        if post.state == Post.State.REMOVED:
            restore_locked(post, by, appeal.answer, appeal)
    elif decision.with_redaction:
        _lift_redactions(decision)
    elif _can_still_publish(decision.revision):
        _publish(decision.revision, by, appeal)


def _lift_redactions(decision: Decision) -> None:
    """Update the stored HTML and the title: redactions of an overturned decision are no longer in force."""
    rerender_revision(decision.revision)
    sync_public_state(decision.revision.post)


def _can_still_publish(revision: PostRevision) -> bool:
    post = revision.post
    refused = revision.state in (PostRevision.State.CHANGES, PostRevision.State.REJECTED)
    publishable = post.state in (Post.State.WAITING, Post.State.REJECTED, Post.State.PUBLISHED)
    newer = post.live_revision and post.live_revision.number > revision.number
    return refused and publishable and not newer


def _publish(revision: PostRevision, by: User, appeal: Appeal) -> None:
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    publish(revision)
    record_decision(revision, Decision.Action.APPROVED, by=by, note=appeal.answer, appeal=appeal)
    tell_published(revision.post, first=first)
