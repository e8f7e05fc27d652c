"""Texts come in, go live and are rendered again: one function for each act, each one transaction."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from core import page_cache
from guide.models import Article, ArticleRevision, Feedback, RevisionDecision
from guide.review.live_hooks import tell_watchers
from guide.review.state import move
from guide.search import index
from guide.text.markdown import RENDER_VERSION, render

NEXT_KEY = "guide:next-due"
OVERTAKEN = "Another text went live before its time."


@dataclass(frozen=True)
class Draft:
    """The words of a revision to be."""

    title: str
    summary: str
    in_short: str
    body: str
    note: str = ""
    substantive: bool = False


def forget_next_due() -> None:
    """After a time was chosen, or came: whoever reads next asks again when the next one is."""
    transaction.on_commit(lambda: cache.delete(NEXT_KEY))


def guide_changed() -> None:
    """Make the search index again and drop the kept pages. Call it inside the transaction that made the change."""
    index.rebuild_index()
    page_cache.clear_on_commit()


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
        substantive=draft.substantive,
    )


@transaction.atomic
def publish_loaded(revision: ArticleRevision) -> RevisionDecision:
    """For load_guide alone, which makes the index once, at its end."""
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    return go_live(article, revision, RevisionDecision.Action.LOADED, by=None)


def go_live(
    article: Article, revision: ArticleRevision, action: str, *, by: User | None, reason: str = ""
) -> RevisionDecision:
    """Make this revision what readers see. The caller holds the article's lock and answers for the right to do it.

    The decision is written first: the database lets only a text live that somebody let through. Older drafts are
    replaced by it; what was planned for later was read against another text, so its plan ends.
    """
    states = ArticleRevision.State
    if revision.state != states.APPROVED:
        move(revision, states.APPROVED)
    decision = revision.decisions.create(action=action, by=by, reason=reason)
    if revision.live_at:
        revision.live_at = None
        revision.save(update_fields=["live_at"])
    before, article.live_revision = article.live_revision, revision
    article.save(update_fields=["live_revision"])
    article.revisions.open().filter(number__lt=revision.number).update(state=states.SUPERSEDED)
    for planned in article.revisions.planned().exclude(pk=revision.pk):
        planned.decisions.create(action=RevisionDecision.Action.TAKEN_BACK, reason=OVERTAKEN)
        ArticleRevision.objects.filter(pk=planned.pk).update(live_at=None)
    tell_watchers(article, before, revision)
    return decision


def give_feedback(article: Article, *, helpful: bool, comment: str) -> Feedback:
    return article.feedback.create(revision=article.live, helpful=helpful, comment=comment)


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
