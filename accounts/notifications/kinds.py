"""The kinds of things that people are told of, and in which words a mail speaks of them."""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Delivery, Notification


class Kind(NamedTuple):
    """`mail_title` stands in mails, which others may see: it names neither the medicine nor anybody's words."""

    key: str
    title: str
    mail_title: str
    default: Delivery
    must_tell: bool = False
    still_visible: str = ""
    own_mail: bool = False  # each one goes out at once in a mail of its own; people choose no delivery for it


ACCOUNT = Kind(
    "account", "Something happened to my account or its safety", "your account", Delivery.AT_ONCE, must_tell=True
)
BADGE = Kind("badge", "There is news of my clinician’s badge", "your application", Delivery.AT_ONCE, must_tell=True)
SANCTION = Kind("sanction", "Somebody decided about my account", "a decision", Delivery.AT_ONCE, must_tell=True)
EXPORT = Kind("export", "The copy of my data is ready", "a file that you asked for", Delivery.AT_ONCE)

OWN_KINDS = [ACCOUNT, BADGE, SANCTION, EXPORT]


def kinds() -> dict[str, Kind]:
    """Every kind that an installed app tells of: settings.NOTIFICATION_KINDS names their lists."""
    return {kind.key: kind for path in settings.NOTIFICATION_KINDS for kind in import_string(path)}


def is_still_visible(notification: Notification) -> bool:
    """Whether the recipient may see now what this is about; asked when a mail is written, not when it happened."""
    path = kinds()[notification.kind].still_visible
    ask: Callable[[Notification], bool] = import_string(path) if path else lambda _: True
    return ask(notification)
