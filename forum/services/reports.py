"""What members ask moderators to look at. One open report of each person on each post or member."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Post, Report
from forum.permissions import can_report_member, can_report_post


@transaction.atomic
def report_post(post: Post, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """The person's open report on the post, and whether it is new: a second one changes nothing. Raises PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_report_post(by, post):
        raise PermissionDenied
    said = {"reason": reason, "note": note}
    return Report.objects.get_or_create(post=post, by=by, state=Report.State.OPEN, defaults=said)


@transaction.atomic
def report_member(member: User, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """As `report_post`, on what a member does altogether."""
    if not can_report_member(by, member):
        raise PermissionDenied
    said = {"reason": reason, "note": note}
    return Report.objects.get_or_create(member=member, by=by, state=Report.State.OPEN, defaults=said)
