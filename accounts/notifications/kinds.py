"""Kinds of notifications, with their titles in settings and in email."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from accounts.models import Delivery, Notification


class Kind(NamedTuple):
    """`mail_title` appears in email, which others may see: it must name neither the medicine nor a post.

    Members can't turn off a `mandatory` kind. `still_visible` is the dotted path of a check that runs before mailing.
    Each notification of an `own_mail` kind is mailed at once by itself, so members choose no delivery for it.
    `detail` is the dotted path of a function that returns the HTML below each of these notifications in the inbox, by pk.
    `rows` is the dotted path of a function that joins these notifications in rows of the inbox (inbox_rows.py).
    Only staff and moderators can choose how they get a `staff` kind.
    """

    key: str
    title: str
    mail_title: str
    default: Delivery
    mandatory: bool = False
    still_visible: str = ""
    own_mail: bool = False
    detail: str = ""
    rows: str = ""
    staff: bool = False


ACCOUNT = Kind("account", "Changes to my account and its security", "your account", Delivery.AT_ONCE, mandatory=True)
BADGE = Kind("badge", "My clinician’s badge", "your application", Delivery.AT_ONCE, mandatory=True)
SANCTION = Kind("sanction", "Decisions about my account", "a decision", Delivery.AT_ONCE, mandatory=True)
NAME = Kind("name", "Decisions about my name", "a decision", Delivery.AT_ONCE, mandatory=True)
EXPORT = Kind("export", "My data is ready to download", "a file you asked for", Delivery.AT_ONCE)

TO_VERIFY = Kind(
    "to-verify",
    "An application, an answer or an appeal waits for verifiers",
    "something that needs your attention",
    Delivery.AT_ONCE,
    staff=True,
)

OWN_KINDS = [ACCOUNT, BADGE, SANCTION, NAME, EXPORT, TO_VERIFY]


def kinds() -> dict[str, Kind]:
    """Return the kinds of all apps, from the lists in settings.NOTIFICATION_KINDS."""
    return {kind.key: kind for path in settings.NOTIFICATION_KINDS for kind in import_string(path)}


def is_still_visible(notification: Notification) -> bool:
    """Return whether the recipient may still see the subject, at the time when the email is written."""
    path = kinds()[notification.kind].still_visible
    check: Callable[[Notification], bool] = import_string(path) if path else lambda _: True
    return check(notification)


def inbox_details(notifications: Iterable[Notification]) -> dict[int, SafeString]:
    """Return the HTML below notifications in the inbox, by pk: one call for each kind that has details."""
    by_kind: dict[str, list[Notification]] = {}
    for notification in notifications:
        by_kind.setdefault(notification.kind, []).append(notification)
    paths = {key: kind.detail for key, kind in kinds().items() if kind.detail and key in by_kind}
    return {pk: html for key, path in paths.items() for pk, html in import_string(path)(by_kind[key]).items()}
