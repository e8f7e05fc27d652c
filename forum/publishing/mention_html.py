"""Whom a text names, under the name that they have now. Renamed, they appear renamed everywhere; erased, nowhere."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from forum.models import Mention, Post, PostRevision

PLACE = re.compile(r'<span data-member="(\d+)">@member</span>')
FORMER = "former member"

People = Iterable[dict[str, Any]]


def mentioned_in(revision: str) -> ArraySubquery:
    """Of each row the people named in the revision that this column points at: their number, name, state, open profile."""
    return ArraySubquery(_people(Mention.objects.filter(revision=OuterRef(revision))))


def _people(mentions: QuerySet[Mention]) -> QuerySet[Any]:
    open_to_others = Q(user__state=User.State.ACTIVE, user__is_active=True, user__profile_public=True)
    profile = ExpressionWrapper(open_to_others, BooleanField())
    named = JSONObject(pk="user", name="user__display_name", state="user__state", profile=profile)
    return mentions.values(json=named)


def words_of(post: Post) -> SafeString:
    """What readers see of a post. One query, and only where somebody is named whom its own query did not bring along."""
    live = post.live_revision
    if live is None:
        return SafeString("")
    annotated: Any = post
    if not hasattr(post, "mentioned"):
        annotated.mentioned = _people_in(live)
    return with_names(live.html, annotated.mentioned)


def words_of_revision(revision: PostRevision) -> SafeString:
    return with_names(revision.html, _people_in(revision))


def _people_in(revision: PostRevision) -> list[dict[str, Any]]:
    return (
        [row["json"] for row in _people(Mention.objects.filter(revision=revision))]
        if PLACE.search(revision.html)
        else []
    )


def with_names_of(html: str, members: Iterable[User]) -> SafeString:
    """For a text that is not kept yet."""
    shown = [{"pk": m.pk, "name": m.display_name, "state": m.state, "profile": m.profile_public} for m in members]
    return with_names(html, shown)


def with_names(html: str, people: People) -> SafeString:
    """Rendered words, with a link to the profile of each who is named, where others may open it."""
    known = {person["pk"]: person for person in people}
    return mark_safe(PLACE.sub(lambda place: _name(known.get(int(place[1]))), html))  # noqa: S308  sanitised words, escaped names


def _name(person: dict[str, Any] | None) -> str:
    if person is None or person["state"] == User.State.ERASED:
        return f'<span class="mention">{FORMER}</span>'
    if not person["profile"]:
        return f'<span class="mention">@{escape(person["name"])}</span>'
    address = reverse("accounts:profile", args=[person["pk"]])
    return format_html('<a class="mention" href="{}">@{}</a>', address, person["name"])
