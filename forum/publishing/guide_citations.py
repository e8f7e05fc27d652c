"""Citations: which guide pages a thread links to. Synced whenever what readers see of a post changes."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from forum.models import Post, PostRevision, Thread, ThreadArticle
from forum.text.markdown import links_in_html
from guide.models import Article

PAGE = re.compile(rf"(?:{re.escape(settings.SITE_ADDRESS)})?/guide/([-a-zA-Z0-9_]+)/?(?:[?#].*)?")


def sync_citations(post: Post) -> None:
    """Store the pages that the visible text links to; an unpublished post has none. The caller holds the post's lock."""
    shown = PostRevision.objects.filter(pk=post.live_revision_id or 0) if post.state == Post.State.PUBLISHED else ()
    slugs = {slug for revision in shown for slug in _slugs(revision.html)}
    pages = list(Article.objects.filter(slug__in=slugs)) if slugs else []
    ThreadArticle.objects.filter(post=post).exclude(article__in=pages).delete()
    rows = [ThreadArticle(thread_id=post.thread_id, post=post, article=page) for page in pages]
    ThreadArticle.objects.bulk_create(rows, ignore_conflicts=True)


def move_citations(posts: Iterable[Post], thread: Thread) -> None:
    """Point the citations of moved posts to their new thread."""
    ThreadArticle.objects.filter(post__in=posts).update(thread=thread)


def posts_with_stale_citations() -> list[Post]:
    """Return the posts whose stored citations differ from the links in their visible text."""
    stored: dict[int, set[str]] = {}
    for post, slug in ThreadArticle.objects.values_list("post", "article__slug"):
        stored.setdefault(post, set()).add(slug)
    live = Post.objects.filter(state=Post.State.PUBLISHED, live_revision__html__contains="/guide/")
    existing = set(Article.objects.values_list("slug", flat=True))
    linked = {pk: _slugs(html) & existing for pk, html in live.values_list("pk", "live_revision__html").iterator()}
    stale = [pk for pk in stored.keys() | linked.keys() if stored.get(pk, set()) != linked.get(pk, set())]
    return list(Post.objects.filter(pk__in=stale).order_by("pk"))


@transaction.atomic
def rebuild_citations(post: Post) -> None:
    sync_citations(Post.objects.select_for_update(no_key=True).get(pk=post.pk))


def _slugs(html: str) -> set[str]:
    found = (PAGE.fullmatch(address) for address in links_in_html(html))
    return {match[1] for match in found if match}
