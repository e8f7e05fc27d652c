from django.utils import timezone

from accounts.models import Session


def clear_expired_sessions() -> int:
    """Delete sessions that ended; returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
