"""To which pages of the guide readers of a thread are led: kept with every move of a post into the public and out of it."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from forum.models import Post, PostRevision, Thread, ThreadArticle
from forum.text.markdown import links_in
from guide.models import Article

PAGE = re.compile(rf"(?:{re.escape(settings.SITE_ADDRESS)})?/guide/([-a-zA-Z0-9_]+)/?(?:[?#].*)?")


def cite(post: Post) -> None:
    """Note the pages to which the post's words link as readers see them now; of a tombstone none. The caller holds the post."""
    shown = PostRevision.objects.filter(pk=post.live_revision_id or 0) if post.state == Post.State.PUBLISHED else ()
    slugs = {slug for revision in shown for slug in _slugs(revision.html)}
    pages = list(Article.objects.filter(slug__in=slugs)) if slugs else []
    ThreadArticle.objects.filter(post=post).exclude(article__in=pages).delete()
    rows = [ThreadArticle(thread_id=post.thread_id, post=post, article=page) for page in pages]
    ThreadArticle.objects.bulk_create(rows, ignore_conflicts=True)


def cited_elsewhere(posts: Iterable[Post], thread: Thread) -> None:
    """After posts went to another thread."""
    ThreadArticle.objects.filter(post__in=posts).update(thread=thread)


def wrongly_cited() -> list[Post]:
    """Posts whose kept pages of the guide are not those to which their words link now."""
    kept: dict[int, set[str]] = {}
    for post, slug in ThreadArticle.objects.values_list("post", "article__slug"):
        kept.setdefault(post, set()).add(slug)
    live = Post.objects.filter(state=Post.State.PUBLISHED, live_revision__html__contains="/guide/")
    there = set(Article.objects.values_list("slug", flat=True))
    said = {pk: _slugs(html) & there for pk, html in live.values_list("pk", "live_revision__html").iterator()}
    wrong = [pk for pk in kept.keys() | said.keys() if kept.get(pk, set()) != said.get(pk, set())]
    return list(Post.objects.filter(pk__in=wrong).order_by("pk"))


@transaction.atomic
def cite_again(post: Post) -> None:
    cite(Post.objects.select_for_update(no_key=True).get(pk=post.pk))


def _slugs(html: str) -> set[str]:
    found = (PAGE.fullmatch(address) for address in links_in(html))
    return {match[1] for match in found if match}
