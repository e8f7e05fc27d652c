"""Limits of reports by one member, so that one account can't fill the moderators' queue."""

from django import forms

from accounts.models import User
from accounts.rate_limits import is_rate_limited
from core.requests import AuthenticatedHttpRequest
from forum.models.reports import WORRIES
from forum.posting.limits import is_new_member

TOO_MANY = (
    "You’ve sent a lot of reports lately, so we can’t take this one now. Please send it tomorrow. If someone is in danger "
    "now, choose that as the reason: those reports are counted separately."
)
TOO_MANY_WORRIES = (
    "You’ve sent a lot of reports about people in danger today, and moderators have them all. If someone is in danger now, "
    "please call a help line."
)


def is_within_limit(request: AuthenticatedHttpRequest, form: forms.Form) -> bool:
    """Count a report. If it is too many, add an error to the form and return False.

    Worries about a person's life have a limit of their own, so that other reports never use it up.
    """
    if form.cleaned_data["reason"] in WORRIES:
        limits, error = ["worried_report"], TOO_MANY_WORRIES
    else:
        limits, error = _limits(request.user), TOO_MANY
    if not any(is_rate_limited(request, limit) for limit in limits):
        return True
    form.add_error(None, error)
    return False


def _limits(member: User) -> list[str]:
    if is_new_member(member):
        return ["new_members_report_hourly", "new_members_report"]
    return ["report"]
