"""What members ask moderators to look at. One open report of each person on each post or member."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Post, Report
from forum.permissions import can_report_member, can_report_post
from forum.publishing.queue_items import open_report_item


@transaction.atomic
def report_post(post: Post, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """The person's open report on the post, and whether it is new: a second one changes nothing. Raises PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_report_post(by, post):
        raise PermissionDenied
    return _noted({"post": post}, by, {"reason": reason, "note": note})


@transaction.atomic
def report_member(member: User, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """As `report_post`, on what a member does altogether."""
    if not can_report_member(by, member):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=member.pk)  # two reports at once make one row of the queue
    return _noted({"member": member}, by, {"reason": reason, "note": note})


def _noted(about: dict[str, Post] | dict[str, User], by: User, said: dict[str, str]) -> tuple[Report, bool]:
    report, new = Report.objects.get_or_create(**about, by=by, state=Report.State.OPEN, defaults=said)
    if new:
        open_report_item(report)
    return report, new
