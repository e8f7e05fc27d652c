"""Reports: members ask moderators to check a post or a member."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Post, Report
from forum.permissions import can_report_member, can_report_post
from forum.publishing.queue_items import open_report_item


@transaction.atomic
def report_post(post: Post, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """Report a post, or find the open report by `by`. Return it and whether it is new. Raise PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_report_post(by, post):
        raise PermissionDenied
    return _get_or_open({"post": post}, by, {"reason": reason, "note": note})


@transaction.atomic
def report_member(member: User, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """Report a member. Return and raise as `report_post` does."""
    if not can_report_member(by, member):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=member.pk)  # so that two reports at once share one queue item
    return _get_or_open({"member": member}, by, {"reason": reason, "note": note})


def _get_or_open(about: dict[str, Post] | dict[str, User], by: User, fields: dict[str, str]) -> tuple[Report, bool]:
    report, new = Report.objects.get_or_create(**about, by=by, state=Report.State.OPEN, defaults=fields)
    if new:
        open_report_item(report)
    return report, new
