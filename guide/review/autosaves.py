"""Autosaves: what an editor typed into a form and did not save. Each is private to its owner.

A place names the form: “article 12”, “question new”, “question new-7” for the new row of proposal 7, and “treatment all” for the
grid of the comparison.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from guide.models import Autosave
from guide.models.review import ARTICLE
from guide.permissions import can_write
from guide.review.snapshot import REFERENCE_MODELS, find_subject

GRID = "treatment all"
PLACE = re.compile(r"([a-z]+) (?:(new)(?:-(\d{1,18}))?|(\d{1,18})|all)")
EDITING_FOR = timedelta(minutes=15)  # after the last key
MAX_AUTOSAVE = 300_000  # characters in all fields; three times the limit of an article


class AutosavedForm:
    """A form whose values are autosaved while they are typed; the admin sets its place, and `use_autosaves` the rest."""

    place = ""
    autosaved: Autosave | None = None
    others: Iterable[Autosave] = ()


def place_of(model: str, pk: int | None, draft: int | None = None) -> str:
    """Return the place of the form of an article or row; `draft` is the proposal of a row that doesn't exist yet."""
    return f"{model} {pk or (f'new-{draft}' if draft else 'new')}"


def is_place(place: str) -> bool:
    """Return whether there is such a form."""
    match = PLACE.fullmatch(place)
    if not match or match[1] not in {ARTICLE, *REFERENCE_MODELS}:
        return False
    return place == GRID or bool(match[2]) or bool(match[4] and find_subject(match[1], int(match[4])))


def form_url(place: str) -> str:
    """Return the URL of the form at a place."""
    match: Any = PLACE.fullmatch(place)
    if place == GRID:
        return reverse("admin:guide_matrix")
    if match[4]:
        return reverse(f"admin:guide_{match[1]}_change", args=[match[4]])
    return reverse(f"admin:guide_{match[1]}_add") + (f"?proposal={match[3]}" if match[3] else "")


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


def use_autosaves(form: Any, place: str, user: User) -> None:
    """Set on a form, or on its class, what the user typed there before without saving, and who else is typing."""
    if can_write(user, place.partition(" ")[0]):
        form.autosaved, form.others = find_autosave(place, user), others_editing(place, user)
