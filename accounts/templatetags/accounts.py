"""What the account pages' templates need beside their context, which is allauth's."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from accounts.models import Notification, User
from accounts.permissions import is_appointed
from accounts.profiles.names import suggestions
from core.requests import AnyUser

register = template.Library()

CODE = {"autocapitalize": "characters", "spellcheck": "false", "autocorrect": "off"}


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's input without allauth's placeholder, which says the label a second time and vanishes when one types."""
    attributes: dict[str, Any] = {"placeholder": False}
    if field.field.widget.attrs.get("autocomplete") == "one-time-code":
        attributes |= CODE
    return field.as_widget(attrs=attributes)


@register.simple_tag
def offered_names() -> list[str]:
    return suggestions()


@register.filter
def appointed(user: AnyUser) -> bool:
    return is_appointed(user)


@register.simple_tag
def unread_count(user: User) -> int:
    """How many new messages wait for a member: counted with who they are (backends.py), or asked where they just came in."""
    counted = getattr(user, "unread_messages", None)
    return Notification.objects.of(user).unread().count() if counted is None else counted
