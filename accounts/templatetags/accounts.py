"""Template tags for account pages, whose context comes from allauth."""

from base64 import b64encode
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString

from accounts.house_rules import has_accepted_rules
from accounts.models import Notification, Session, User
from accounts.permissions import is_appointed, needs_second_factor
from accounts.profiles.names import suggestions
from accounts.staff_tasks import StaffTask, staff_tasks
from core.requests import AnyUser, AuthenticatedHttpRequest

register = template.Library()
register.filter(needs_second_factor)

CODE = {"autocapitalize": "characters", "spellcheck": "false", "autocorrect": "off"}


@register.filter
def control(field: BoundField) -> SafeString:
    """Render the field's input without allauth's placeholder, which repeats the label."""
    attributes: dict[str, Any] = {"placeholder": False}
    if field.field.widget.attrs.get("autocomplete") == "one-time-code":
        attributes |= CODE
    return field.as_widget(attrs=attributes)


@register.filter
def detail_of(details: dict[int, SafeString], notification: Notification) -> SafeString | str:
    """Return the HTML of accounts.notifications.kinds.inbox_details() for one notification; empty for most."""
    return details.get(notification.pk, "")


@register.simple_tag
def suggested_names() -> list[str]:
    return suggestions()


@register.filter
def appointed(user: AnyUser) -> bool:
    return is_appointed(user)


@register.simple_tag
def other_sessions(request: AuthenticatedHttpRequest) -> int:
    """Return the number of the user's other sessions, which may have begun without a second step."""
    own = Session.objects.of(request.user).alive()
    return own.exclude(session_key=request.session.session_key).count()


@register.filter
def must_accept_rules(user: AnyUser) -> bool:
    """Return whether the user accepted an earlier version of the house rules, and not the one in force."""
    return bool(user.is_authenticated and user.rules_accepted and not has_accepted_rules(user))


@register.filter
def device_key(user: User) -> str:
    """Return the key, in base64, with which the user's pages encrypt unsent text on the device (device-storage.js)."""
    return b64encode(salted_hmac("accounts.device_key", str(user.pk), algorithm="sha256").digest()).decode()


@register.simple_tag
def unread_count(user: User) -> int:
    """Return the number of unread messages; the session's user has it already (auth/backends.py), except right after login."""
    counted = getattr(user, "unread_messages", None)
    return Notification.objects.of(user).unread().count() if counted is None else counted


@register.inclusion_tag("admin/accounts/_staff_tasks.html")
def tasks_of(user: User) -> dict[str, list[StaffTask]]:
    """Show verifiers and administrators what waits for them, as counts."""
    return {"tasks": staff_tasks(user)}
