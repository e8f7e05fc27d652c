"""Autosaves: what an editor typed into a form and did not save. Each is private to its owner.

A place names the form: “article 12”, “question new-7” for the new row of proposal 7, and “treatment all” for the grid of the
comparison. A form for something new is “question new.” and a token of its own, so that two windows don't share an autosave.
"""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from guide.models import Autosave
from guide.models.review import ARTICLE
from guide.permissions import can_write
from guide.review.snapshot import REFERENCE_MODELS, find_subject

GRID = "treatment all"
TOKEN_BYTES = 4
TOKEN = re.compile(rf"[0-9a-f]{{{2 * TOKEN_BYTES}}}")
PLACE = re.compile(
    rf"(?P<model>[a-z]+) (?:new-(?P<draft>\d{{1,18}})|new\.(?P<token>{TOKEN.pattern})|(?P<pk>\d{{1,18}})|all)"
)
EDITING_FOR = timedelta(minutes=15)  # after the last key
MAX_AUTOSAVE = 300_000  # characters in all fields; three times the limit of an article


class AutosavedForm:
    """A form whose values are autosaved while they are typed; the admin sets its place, and `use_autosaves` the rest."""

    place = ""
    token = ""  # of a form for something new
    autosaved: Autosave | None = None
    others: Iterable[Autosave] = ()
    other_new: Iterable[tuple[str, datetime]] = ()  # URL and time of each other new form that the user left unsaved

    @property
    def url(self) -> str:
        return form_url(self.place)


def place_of(model: str, pk: int | None, draft: int | None = None, token: str = "") -> str:
    """Return the place of the form of an article or row; `draft` is the proposal of a row that doesn't exist yet."""
    return f"{model} {pk or (f'new-{draft}' if draft else f'new.{token}')}"


def token_of(request: HttpRequest) -> str:
    """Return the token of the form for something new that was posted or is named in the URL, or a fresh one."""
    posted = PLACE.fullmatch(request.POST.get("place", ""))
    token = (posted and posted["token"]) or request.GET.get("form", "")
    return token if TOKEN.fullmatch(token) else secrets.token_hex(TOKEN_BYTES)


def is_place(place: str) -> bool:
    """Return whether there is such a form."""
    match = PLACE.fullmatch(place)
    if not match or match["model"] not in {ARTICLE, *REFERENCE_MODELS}:
        return False
    is_new = bool(match["draft"] or match["token"])
    return place == GRID or is_new or bool(match["pk"] and find_subject(match["model"], int(match["pk"])))


def form_url(place: str) -> str:
    """Return the URL of the form at a place."""
    match: Any = PLACE.fullmatch(place)
    if place == GRID:
        return reverse("admin:guide_matrix")
    if match["pk"]:
        return reverse(f"admin:guide_{match['model']}_change", args=[match["pk"]])
    query = f"proposal={match['draft']}" if match["draft"] else f"form={match['token']}"
    return reverse(f"admin:guide_{match['model']}_add") + f"?{query}"


def autosave(place: str, typed: QueryDict, *, by: User) -> Autosave:
    """Autosave the posted values of a form. Raises ValueError if they are too long."""
    require_writer(place, by)
    names = [name for name in typed if name not in ("csrfmiddlewaretoken", "place") and not name.startswith("_")]
    fields: dict[str, Any] = {_storable(name): [_storable(value) for value in typed.getlist(name)] for name in names}
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MAX_AUTOSAVE:
        raise ValueError(
            f"Your text is too long to autosave: all fields together may have {MAX_AUTOSAVE:,} characters."
        )
    fields = {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
    found, _ = Autosave.objects.update_or_create(owner=by, place=place, defaults={"fields": fields})
    return found


def _storable(text: str) -> str:
    """Return the text without NUL, which PostgreSQL stores in no text."""
    return text.replace("\x00", "")


def require_writer(place: str, user: User) -> None:
    """Raise PermissionDenied unless the user may write what the form at this place edits."""
    if not can_write(user, place.partition(" ")[0]):
        raise PermissionDenied("You can’t edit this part of the guide.")


def discard_autosave(place: str, *, by: User) -> None:
    Autosave.objects.filter(owner=by, place=place).delete()


def find_autosave(place: str, user: User) -> Autosave | None:
    return Autosave.objects.filter(owner=user, place=place).first()


def others_editing(place: str, user: User) -> QuerySet[Autosave]:
    """Return the autosaves of everyone else who typed into the form a moment ago, newest first."""
    recent = Autosave.objects.filter(place=place, saved_at__gte=timezone.now() - EDITING_FOR)
    return recent.exclude(owner=user).select_related("owner").order_by("-saved_at")


def other_new_forms(place: str, user: User) -> list[tuple[str, datetime]]:
    """Return the URL and time of each other form for something new of this kind that the user left unsaved, newest first."""
    kind = f"{place.partition(' ')[0]} new."
    found = Autosave.objects.filter(owner=user, place__startswith=kind).exclude(place=place).order_by("-saved_at")
    return [(form_url(autosave.place), autosave.saved_at) for autosave in found]


def use_autosaves(form: Any, place: str, user: User) -> None:
    """Set on a form, or on its class, what the user typed there before without saving, and who else is typing."""
    if can_write(user, place.partition(" ")[0]):
        form.autosaved, form.others = find_autosave(place, user), others_editing(place, user)
        form.other_new = other_new_forms(place, user) if form.token else ()
