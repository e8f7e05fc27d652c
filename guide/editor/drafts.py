"""Words on their way into a revision: kept while they are typed, and saved without running over somebody else's."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from guide import permissions
from guide.models import Article, ArticleRevision, Autosave
from guide.review.revisions import Draft, write_revision

WORDS = ("title", "summary", "in_short", "body")
KEPT = (*WORDS, "note")
MOST_KEPT = 300_000  # characters in all; three times what an article may have


class Overtaken(ValueError):
    """Somebody saved another text since this one was begun."""


def place_of(article: Article | None) -> str:
    return f"article {article.pk if article and article.pk else 'new'}"


def same_words(one: Any, two: Any) -> bool:
    """Line ends and spaces around a text do not count."""
    return all(_plain(_of(one, name)) == _plain(_of(two, name)) for name in WORDS)


def _of(holder: Any, name: str) -> str:
    return str((holder.get(name) if isinstance(holder, dict) else getattr(holder, name)) or "")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def beginning(article: Article) -> ArticleRevision | None:
    """What a form begins from: the newest text under way after what is live, or else what is live.

    So a roll-back is not undone by a typo.
    """
    live, revisions = article.live_revision, article.revisions.select_related("author")
    newest = (revisions.open() | revisions.planned()).order_by("-number").first()
    return newest if newest and (not live or newest.number > live.number) else live


@transaction.atomic
def save_words(article: Article, draft: Draft, *, begun_from: str, by: User) -> ArticleRevision | None:
    """A new draft revision, or nothing where these very words are saved already (a double click). Raises Overtaken."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You may not write in the guide.")
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = beginning(locked)
    if newest and same_words(newest, draft):
        forget_words(place_of(article), by=by)
        return None
    if newest and begun_from and begun_from != str(newest.pk):
        raise Overtaken
    revision = write_revision(article, draft, by=by)
    forget_words(place_of(article), by=by)
    return revision


@transaction.atomic
def keep_words(article: Article | None, words: dict[str, str], *, begun_from: str, by: User) -> Autosave | None:
    """What is typed and not saved, for its writer alone; nothing where they saved it already. Raises ValueError if too long."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You may not write in the guide.")
    kept = {name: str(words.get(name) or "") for name in KEPT}
    if sum(map(len, kept.values())) > MOST_KEPT:
        raise ValueError(f"Together these texts have more than {MOST_KEPT:,} characters.")
    saved = article.revisions.filter(author=by).order_by("-number").first() if article else None
    if saved and same_words(saved, kept):
        return None
    found, _ = Autosave.objects.update_or_create(
        owner=by, place=place_of(article), defaults={"words": kept, "begun_from": begun_from[:64]}
    )
    return found


def forget_words(place: str, *, by: User) -> None:
    Autosave.objects.filter(owner=by, place=place).delete()


def kept_words(article: Article | None, user: User) -> Autosave | None:
    """What this person typed here and did not save, if it differs from what the form would begin with."""
    found = Autosave.objects.filter(owner=user, place=place_of(article)).first()
    newest = beginning(article) if found and article else None
    return None if found and newest and same_words(newest, found.words) else found
