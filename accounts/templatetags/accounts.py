from django import template

from accounts.models import Notification, User

register = template.Library()


@register.simple_tag
def unread_count(user: User) -> int:
    """How many new messages wait for a member; one query on an index."""
    return Notification.objects.of(user).unread().count()
