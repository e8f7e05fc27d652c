from django.utils import timezone

from accounts.models import Session, User


def delete_expired_sessions() -> int:
    """Delete expired sessions and return how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def end_session(session: Session) -> None:
    session.delete()


def end_other_sessions(user: User, *, but: str | None) -> int:
    """End all sessions of `user` except the one with the key `but`, and return how many."""
    return Session.objects.of(user).exclude(session_key=but).delete()[0]
