"""Moderators' decisions on reports. One decision closes all open reports on the same post or member."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Report, ReviewItem
from forum.moderation.post_removal import close_reports, remove_locked
from forum.moderation.text_decisions import Superseded, assert_not_claimed_by_other
from forum.notifications.kinds import tell_staff_of_member
from forum.permissions import can_decide_report
from forum.publishing.locks import lock_post


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
    for one in reports:
        one.post = report.post
    if not can_decide_report(by, report):
        raise PermissionDenied
    if report.pk not in {one.pk for one in reports}:
        raise Superseded("This report is already closed.")
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.REPORT, post=report.post_id, member=report.member_id)
    return reports
