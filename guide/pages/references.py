"""What the texts of the guide may refer to, for lint."""

from collections.abc import Collection

from django.http import QueryDict

from guide.lint.article_notices import ANCHOR, KnownReferences
from guide.models import Article, FormerSlug, SafetyMessage, Source
from guide.pages.blocks import UnknownBlock, fill_blocks, render_block

OF_THE_PAGE = {"sources"}  # anchors that every page has


def known_references(chosen: Collection[int] | None, shown_now: Collection[int] = ()) -> KnownReferences:
    """Fetch the known references, in four queries, and more for each link to an anchor and for each block.

    `chosen` and `shown_now` are the keys of the page's safety messages; a row, with None, needs no messages of its own.
    """
    messages = list(SafetyMessage.objects.all()) if chosen is not None else []
    kept = set(chosen or ())
    published = Article.objects.published()
    former = FormerSlug.objects.filter(article__in=published.values("pk"))
    return KnownReferences(
        slugs={*published.values_list("slug", flat=True), *former.values_list("slug", flat=True)},
        sources=set(Source.objects.values_list("key", flat=True)),
        safety={message.key for message in messages if message.pk in kept},
        messages=messages,
        anchors=anchors,
        block_error=block_error,
        removed=[message.title for message in messages if message.pk in shown_now and message.pk not in kept],
    )


def anchors(slug: str) -> set[str]:
    """Return the anchors of a published page, also under a former slug."""
    published = Article.objects.published()
    article = published.filter(slug=slug).first() or published.filter(former_slugs__slug=slug).first()
    return OF_THE_PAGE | set(ANCHOR.findall(fill_blocks(article.live.body_html))) if article else set()


def block_error(name: str) -> str:
    """Return what is wrong with a page block such as “faq:drinking”, or ""."""
    block, _, argument = name.partition(":")
    try:
        render_block(block, argument or None, QueryDict())
    except UnknownBlock as error:
        return str(error)
    return ""
