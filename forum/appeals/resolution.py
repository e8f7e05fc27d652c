"""Reports and appeals are decided by somebody who has no part in them."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Appeal, Decision, Post, PostRevision, Report, ReviewItem
from forum.moderation.decide import Superseded, assert_not_claimed_by_other
from forum.moderation.decisions import record_decision
from forum.moderation.post_removal import close_reports, locked, put_back, take_away
from forum.notifications.kinds import tell_appeal, tell_published, tell_staff_of_member
from forum.permissions import can_answer_appeal, can_decide_report
from forum.publishing.public_state import sync_public_state
from forum.publishing.queue_items import record_closer
from forum.publishing.transitions import move, publish
from forum.publishing.visible_text import rerender_revision


@transaction.atomic
def keep(report: Report, *, by: User) -> None:
    """Leave things as they are: ends every open report on the same post or member. Raises PermissionDenied and Superseded."""
    close_reports(_to_decide(report, by), Report.State.KEPT, by=by)


@transaction.atomic
def act(report: Report, *, by: User, reason: str, note: str = "") -> None:
    """Remove the post; or, where the report is about a member, ask those who may sanction to look. Ends all reports on it."""
    together = _to_decide(report, by)
    if report.post:
        take_away(report.post, by, reason, note)
        return
    close_reports(together, Report.State.ACTED, by=by)
    if report.member:
        tell_staff_of_member(report.member)


def _to_decide(report: Report, by: User) -> list[Report]:
    """Every open report on the same, locked after the post that they are about."""
    if report.post:
        report.post = locked(report.post)
    together = list(Report.objects.about_the_same(report).open().order_by("pk").select_for_update(no_key=True))
    if not can_decide_report(by, report):
        raise PermissionDenied
    if report.pk not in {one.pk for one in together}:
        raise Superseded("This report was closed already.")
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.REPORT, post=report.post_id, member=report.member_id)
    return together


@transaction.atomic
def answer_appeal(appeal: Appeal, *, by: User, overturn: bool, answer: str) -> Appeal:
    """Uphold a decision or change it, which publishes or restores the text. Raises PermissionDenied and IllegalTransition."""
    post = locked(appeal.decision.revision.post)
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
    """The author is right. Words that went meanwhile stay away, and an older text takes no newer one's place."""
    decision, post = appeal.decision, appeal.decision.revision.post
    if post.author.state == User.State.ERASED:
        return
    if decision.action == Decision.Action.REMOVED:
        if post.state == Post.State.REMOVED:
            put_back(post, by, appeal.answer, appeal)
    elif decision.with_redaction:
        _uncover(decision)
    elif _can_still_appear(decision.revision):
        _publish(decision.revision, by, appeal)


def _uncover(decision: Decision) -> None:
    """Redactions of an overturned decision are not in force any more; the stored HTML and the title follow."""
    rerender_revision(decision.revision)
    sync_public_state(decision.revision.post)


def _can_still_appear(revision: PostRevision) -> bool:
    post = revision.post
    refused = revision.state in (PostRevision.State.CHANGES, PostRevision.State.REJECTED)
    here = post.state in (Post.State.WAITING, Post.State.REJECTED, Post.State.PUBLISHED)
    newer = post.live_revision and post.live_revision.number > revision.number
    return refused and here and not newer


def _publish(revision: PostRevision, by: User, appeal: Appeal) -> None:
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    publish(revision)
    record_decision(revision, Decision.Action.APPROVED, by=by, note=appeal.answer, appeal=appeal)
    tell_published(revision.post, first=first)
