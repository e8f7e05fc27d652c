"""Fill mentions into stored HTML at read time, with each member's current name; an erased member's never."""

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

PLACEHOLDER = re.compile(r'<span data-member="(\d+)">@member</span>')
FORMER = "former member"

People = Iterable[dict[str, Any]]


def mentions_in(revision: str) -> ArraySubquery:
    """Return, for each row, the members mentioned in the revision that this column points at: pk, name, state, profile."""
    return ArraySubquery(_people(Mention.objects.filter(revision=OuterRef(revision))))


def _people(mentions: QuerySet[Mention]) -> QuerySet[Any]:
    open_to_others = Q(user__state=User.State.ACTIVE, user__is_active=True, user__profile_public=True)
    profile = ExpressionWrapper(open_to_others, BooleanField())
    named = JSONObject(pk="user", name="user__display_name", state="user__state", profile=profile)
    return mentions.values(json=named)


def post_html(post: Post) -> SafeString:
    """Return what readers see of a post. One query, only if it mentions someone and was not annotated with `mentioned`."""
    live = post.live_revision
    if live is None:
        return SafeString("")
    annotated: Any = post
    if not hasattr(post, "mentioned"):
        annotated.mentioned = _people_in(live)
    return html_with_names(live.html, annotated.mentioned)


def revision_html(revision: PostRevision) -> SafeString:
    return html_with_names(revision.html, _people_in(revision))


def _people_in(revision: PostRevision) -> list[dict[str, Any]]:
    return (
        [row["json"] for row in _people(Mention.objects.filter(revision=revision))]
        if PLACEHOLDER.search(revision.html)
        else []
    )


def html_with_members(html: str, members: Iterable[User]) -> SafeString:
    """Fill in members for a text that is not saved yet."""
    shown = [{"pk": m.pk, "name": m.display_name, "state": m.state, "profile": m.profile_public} for m in members]
    return html_with_names(html, shown)


def html_with_names(html: str, people: People) -> SafeString:
    """Replace each placeholder with the member's name, linked to their profile if it is public."""
    known = {person["pk"]: person for person in people}
    return mark_safe(PLACEHOLDER.sub(lambda place: _name(known.get(int(place[1]))), html))  # noqa: S308  sanitised words, escaped names


def _name(person: dict[str, Any] | None) -> str:
    if person is None or person["state"] == User.State.ERASED:
        return f'<span class="mention">{FORMER}</span>'
    if not person["profile"]:
        return f'<span class="mention">@{escape(person["name"])}</span>'
    address = reverse("accounts:profile", args=[person["pk"]])
    return format_html('<a class="mention" href="{}">@{}</a>', address, person["name"])
