"""Rows of the inbox. An app can join several notifications in one row (`Kind.rows`)."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.module_loading import import_string

from accounts.models import Notification
from accounts.notifications.kinds import kinds


class InboxRow(NamedTuple):
    """A group of notifications, newest first, and the sentence shown for all of them, which may contain names and titles."""

    entries: list[Notification]
    sentence: str

    @property
    def newest(self) -> Notification:
        return self.entries[0]

    @property
    def unread(self) -> list[Notification]:
        return [entry for entry in self.entries if not entry.read_at]

    @property
    def url(self) -> str:
        """The first that is unread, else the newest."""
        return (self.unread[-1] if self.unread else self.newest).url


def inbox_rows(entries: Iterable[Notification]) -> list[InboxRow]:
    """Return the rows of a page of the inbox, newest first. Each app that joins its own is called once."""
    joined: dict[str, list[Notification]] = {}
    rows = []
    for entry in entries:
        kind = kinds().get(entry.kind)
        if kind and kind.rows:
            joined.setdefault(kind.rows, []).append(entry)
        else:
            rows.append(InboxRow([entry], entry.sentence))
    rows += [row for path, found in joined.items() for row in import_string(path)(found)]
    return sorted(rows, key=lambda row: (row.newest.created_at, row.newest.pk), reverse=True)
