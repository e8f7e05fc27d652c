"""Have texts to staff read for danger.

settings.DANGER_READERS names the functions that read them, as accounts and guide don't import the forum.
"""

from django.conf import settings
from django.contrib import messages
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from core.requests import AnyUser, AuthenticatedHttpRequest


def read_for_danger(text: str, *, source: str, reader: AnyUser, by: User | None = None, url: str = "") -> SafeString:
    """Have a text read, and return the help to show to whoever wrote it; empty if no danger was found.

    `by` is its author, None if the text is anonymous. `reader` is only asked for their country.
    """
    if not text.strip():
        return SafeString("")
    found = (
        import_string(path)(text, source=source, by=by, reader=reader, url=url) for path in settings.DANGER_READERS
    )
    return mark_safe("".join(found))  # noqa: S308  each reader returns rendered HTML


def show_help(request: AuthenticatedHttpRequest, text: str, *, source: str) -> None:
    """Have a member's text read, and show the help on the next page."""
    found = read_for_danger(text, source=source, reader=request.user, by=request.user)
    if found:
        messages.warning(request, found, extra_tags="help")
