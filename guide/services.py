"""What changes the guide: one function for each act, each one transaction."""

from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from guide import search
from guide.models import Article, ArticleRevision, Feedback, RevisionDecision
from guide.permissions import can_publish_revision, can_sign_revision
from guide.rendering import RENDER_VERSION, render

VERSION_KEY = "guide:version"


@dataclass(frozen=True)
class Draft:
    """The words of a revision to be."""

    title: str
    summary: str
    in_short: str
    body: str
    note: str = ""


def guide_version() -> int:
    """Grows whenever readers may see something new; whole pages are kept under it."""
    return cache.get_or_set(VERSION_KEY, 1, None)  # type: ignore[return-value]


def guide_changed() -> None:
    """Make the search index again and drop the kept pages. Call it inside the transaction that made the change."""
    search.rebuild_index()
    transaction.on_commit(_forget_pages)


def _forget_pages() -> None:
    guide_version()
    cache.incr(VERSION_KEY)


@transaction.atomic
def write_revision(article: Article, draft: Draft, *, by: User | None) -> ArticleRevision:
    """A new revision, not live. Raises rendering.TextTooLong."""
    Article.objects.select_for_update().get(pk=article.pk)
    last = article.revisions.order_by("-number").first()
    return article.revisions.create(
        number=last.number + 1 if last else 1,
        title=draft.title,
        summary=draft.summary,
        in_short=draft.in_short,
        body=draft.body,
        in_short_html=render(draft.in_short).html,
        body_html=render(draft.body).html,
        render_version=RENDER_VERSION,
        author=by,
        note=draft.note,
    )


@transaction.atomic
def publish_revision(revision: ArticleRevision, *, by: User, reason: str = "") -> RevisionDecision:
    """Make this revision the one that readers see: a new text or, for an older revision, a roll-back."""
    if not can_publish_revision(by, revision):
        raise PermissionDenied("You may not publish articles.")
    decision = _go_live(revision, RevisionDecision.Action.PUBLISHED, by=by, reason=reason)
    guide_changed()
    return decision


@transaction.atomic
def publish_loaded(revision: ArticleRevision) -> RevisionDecision:
    """For load_guide alone, which makes the index once, at its end."""
    return _go_live(revision, RevisionDecision.Action.LOADED, by=None, reason="")


def _go_live(revision: ArticleRevision, action: str, *, by: User | None, reason: str) -> RevisionDecision:
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    if revision.state != ArticleRevision.State.APPROVED:
        revision.state = ArticleRevision.State.APPROVED
        revision.save(update_fields=["state"])
    article.live_revision = revision
    article.save(update_fields=["live_revision"])
    return revision.decisions.create(action=action, by=by, reason=reason)


@transaction.atomic
def sign_revision(revision: ArticleRevision, *, by: User, credential: str) -> RevisionDecision:
    """Record that a clinician read this live revision and stands by it; the page then says so."""
    Article.objects.select_for_update().get(pk=revision.article_id)
    revision.refresh_from_db()
    if not can_sign_revision(by, revision):
        raise PermissionDenied("Only a clinician who did not write the live text may sign it.")
    decision = revision.decisions.create(action=RevisionDecision.Action.SIGNED, by=by, credential=credential)
    transaction.on_commit(_forget_pages)
    return decision


def give_feedback(article: Article, *, helpful: bool, comment: str) -> Feedback:
    assert article.live_revision is not None
    return article.feedback.create(revision=article.live_revision, helpful=helpful, comment=comment)


def rerender_outdated() -> int:
    """Bring stored HTML to the present renderer, so that a mended sanitiser reaches old text; returns how many."""
    outdated = list(ArticleRevision.objects.exclude(render_version=RENDER_VERSION)[:200])
    for revision in outdated:
        ArticleRevision.objects.filter(pk=revision.pk).update(
            in_short_html=render(revision.in_short).html,
            body_html=render(revision.body).html,
            render_version=RENDER_VERSION,
        )
    return len(outdated)
