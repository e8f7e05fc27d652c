"""Pages for members who can't write in a place anymore: the reason, and their text."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import User
from core.params import int_or_none
from core.requests import AuthenticatedHttpRequest
from forum.models import Category, Post, Thread
from forum.permissions import Place, can_start_thread, reason_closed
from forum.posting import drafts
from forum.triage.author_advice import advice_for
from forum.triage.detection import PARTS, detect
from forum.triage.intake import take_in_outside_text


class PlaceClosed(PermissionDenied):
    """The member may not write in this place, or not anymore."""

    def __init__(self, place: Place) -> None:
        self.place = place


def give_back(request: AuthenticatedHttpRequest, place: Place | None) -> HttpResponse:
    """Show why a text can't be sent, and the text itself. If it sounds like danger, a clinician reads it."""
    typed = request.POST or drafts.form_data_of(request.user.drafts.all(), int_or_none(request.GET.get("draft")))
    why = reason_closed(request.user, place)
    saved = request.method == "POST" and place is not None and _saved(request, place)
    if request.headers.get("X-Background"):
        return HttpResponse(why, status=409, content_type="text/plain; charset=utf-8")
    context = {
        "why": why,
        "typed": typed,
        "saved": saved,
        "place": place,
        "category": _open_category(request.user, place),
    }
    if request.method == "POST":
        context |= _read_for_danger(request)
    return render(request, "forum/posting/not_sent.html", context, status=403 if place else 404)


def _saved(request: AuthenticatedHttpRequest, place: Place) -> bool:
    try:
        draft = drafts.save_draft(place, request.POST.dict(), by=request.user, key=drafts.key_of(request.POST))
    except ValidationError:  # there are too many; the page shows the text
        return False
    return draft is not None


def _open_category(user: User, place: Place | None) -> Category | None:
    """Return the category in which a new thread may take the text, if there is one."""
    thread = place.thread if isinstance(place, Post) else place
    category = thread.category if isinstance(thread, Thread) else thread
    return category if category and can_start_thread(user, category) else None


def _read_for_danger(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    parts = {part: request.POST.get(part, "")[: drafts.FIELD_LENGTHS["body"]] for part in PARTS}
    if request.POST.get("do") in ("draft", "preview"):  # the author has not tried to send it
        return advice_for(detect(parts), request.user)
    text = "\n\n".join(filter(None, parts.values()))
    take_in_outside_text(text, source="unsent", by=request.user, url=request.path)
    return advice_for(detect(parts), request.user)
