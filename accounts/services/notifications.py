"""What is put into somebody's inbox."""

from accounts.models import Notification, User


def notify(recipient: User, kind: str, sentence: str, url: str, subject_id: int | None = None) -> None:
    """A sentence of ours and a link, in the transaction of its event."""
    Notification.objects.create(recipient=recipient, kind=kind, sentence=sentence, url=url, subject_id=subject_id)
