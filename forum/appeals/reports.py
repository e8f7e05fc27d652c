"""Reports: members ask moderators to check a post or a member."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Post, Report
from forum.models.reports import WORRIES
from forum.permissions import can_report_member, can_report_post
from forum.triage.intake import take_in_report


@transaction.atomic
def report_post(post: Post, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """Report a post, or find the open report by `by`. Return it and whether it is new. Raise PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_report_post(by, post):
        raise PermissionDenied
    return _get_or_open({"post": post, "about_author": False}, by, {"reason": reason, "note": note})


@transaction.atomic
def report_author(post: Post, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """Report the author of a post. Return and raise as `report_post` does.

    A report on a member who can’t be known from the post names the post instead: “you’ve already reported this” about
    the member would tell the reporter which of the members that they have reported before wrote it.
    """
    author = User.objects.get(pk=post.author_id)
    if post.alias is None and can_report_member(by, author):
        return report_member(author, by=by, reason=reason, note=note)
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_report_post(by, post):
        raise PermissionDenied
    return _get_or_open({"post": post, "about_author": True}, by, {"reason": reason, "note": note})


@transaction.atomic
def report_member(member: User, *, by: User, reason: str, note: str = "") -> tuple[Report, bool]:
    """Report a member. Return and raise as `report_post` does."""
    if not can_report_member(by, member):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=member.pk)  # so that two reports at once share one queue item
    return _get_or_open({"member": member}, by, {"reason": reason, "note": note})


def _get_or_open(about: dict[str, Any], by: User, fields: dict[str, str]) -> tuple[Report, bool]:
    report, new = Report.objects.get_or_create(**about, by=by, state=Report.State.OPEN, defaults=fields)
    if new or _add_to_report(report, fields):
        take_in_report(report)
    return report, new


def _add_to_report(report: Report, fields: dict[str, str]) -> bool:
    """Keep what someone adds when they report the same thing again. Return whether it says anything new."""
    worried = fields["reason"] in WORRIES and report.reason not in WORRIES
    added = fields["note"] if fields["note"] not in report.note else ""
    if not worried and not added:
        return False
    report.reason = fields["reason"] if worried else report.reason
    report.note = "\n\n".join(filter(None, [report.note, added]))
    report.save(update_fields=["reason", "note"])
    report.triage_matches.all().delete()
    return True
