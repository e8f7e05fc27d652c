"""The guide as open data: articles, questions and the comparison, each text with its sources, review and address.

openapi.yaml explains every field.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from core.open_data import about, absolute_url
from guide.models import Article, MatrixRow, Question, SafetyMessage, Source, Treatment
from guide.open_data.portable_html import portable
from guide.open_data.reviews import RowReviews, article_review, review_of, row_reviews
from guide.pages.article_context import review_status
from guide.pages.blocks import fill_blocks
from guide.pages.unreviewed_notices import unreviewed_rows
from guide.text.markdown import number_citations, plain_text, render_fragment

Data = dict[str, Any]
HEADING = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
TIME_TAG = re.compile(r"</?time[^>]*>")  # plain_text leaves out what is between them


class Texts:
    """Make open data of a page's texts. One query."""

    def __init__(self, page_url: str) -> None:
        self.page_url = page_url
        self.sources = Source.objects.in_bulk(field_name="key")

    def text(self, html: str) -> Data:
        """Return a text as HTML with numbered sources, and as plain text without their numbers."""
        numbered, keys = number_citations(html)
        plain = plain_text(TIME_TAG.sub("", portable(html, self.page_url)))
        return {"text": plain, "html": portable(numbered, self.page_url), "sources": self.cited(keys)}

    def markdown(self, text: str) -> Data:
        return self.text(render_fragment(text))

    def cited(self, keys: Iterable[str]) -> list[Data]:
        return [_source(self.sources[key]) for key in keys if key in self.sources]


def index() -> Data:
    names = {
        "articles": "api-articles",
        "questions": "api-questions",
        "comparison": "api-comparison",
        "help_lines": "guide:help-lines-json",
        "description": "openapi",
    }
    return about() | {key: absolute_url(reverse(name)) for key, name in names.items()}


def articles() -> Data:
    """Return the list of the published articles. One query."""
    return about() | {"articles": [_summary(found) for found in Article.objects.published().in_reading_order()]}


def article(found: Article) -> Data:
    """Return an article with the text of each section."""
    texts = Texts(_url(found))
    lead, parts = sections_of(found)
    sections = [_section(found, anchor, title, texts.text(html)) for anchor, title, html in parts]
    return _page(found, texts) | {"lead": texts.text(lead), "sections": sections}


def sections_of(found: Article) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the HTML before the first section, and the anchor, heading and HTML of each section."""
    lead, *rest = HEADING.split(fill_blocks(found.live.body_html, unreviewed=unreviewed_rows()))
    titles = map(plain_text, rest[1::3])
    return lead, list(zip(rest[::3], titles, rest[2::3], strict=True))


def questions(page: Article) -> Data:
    """Return all questions of the guide, which this article shows, with their answers."""
    texts, reviews = Texts(_url(page)), row_reviews("question")
    rows = Question.objects.select_related("group")
    return _page(page, texts) | {"questions": [_question(row, texts, reviews) for row in rows]}


def comparison(page: Article) -> Data:
    """Return the whole comparison, which this article shows."""
    texts, reviews = Texts(_url(page)), row_reviews("treatment", "matrixrow")
    published = Prefetch("article", Article.objects.published())
    columns = Treatment.objects.prefetch_related("cells__row", published)
    rows = [
        {"key": row.key, "question": row.question, "review": review_of(row, reviews)} for row in MatrixRow.objects.all()
    ]
    return _page(page, texts) | {"rows": rows, "treatments": [_treatment(row, texts, reviews) for row in columns]}


def _summary(found: Article) -> Data:
    live = found.live
    return {
        "slug": found.slug,
        "title": live.title,
        "summary": live.summary,
        "language": live.language,
        "part": live.section.title,
        "url": _url(found),
        "data": absolute_url(reverse("api-article", args=[found.slug])),
        "written": live.written_on.isoformat(),
    }


def _page(found: Article, texts: Texts) -> Data:
    reviews = row_reviews("safetymessage")
    messages = SafetyMessage.objects.filter(pk__in=found.live.safety_messages)
    safety = [
        {"level": message.level, "title": message.title, "review": review_of(message, reviews)}
        | texts.markdown(message.text)
        for message in messages
    ]
    review = article_review(review_status(found))
    in_short = texts.text(found.live.in_short_html)
    return about() | _summary(found) | {"review": review, "safety": safety, "in_short": in_short}


def _section(found: Article, anchor: str, title: str, text: Data) -> Data:
    card = absolute_url(reverse("api-section-card", args=[found.slug, anchor]))
    return {"anchor": anchor, "title": title, "url": f"{_url(found)}#{anchor}", "card": card} | text


def _question(row: Question, texts: Texts, reviews: RowReviews) -> Data:
    return {
        "slug": row.slug,
        "group": row.group.title,
        "title": row.question,
        "url": f"{texts.page_url}#{row.slug}",
        "card": absolute_url(reverse("api-question-card", args=[row.slug])),
        "review": review_of(row, reviews),
    } | texts.markdown(row.answer)


def _treatment(column: Treatment, texts: Texts, reviews: RowReviews) -> Data:
    return {
        "slug": column.slug,
        "name": column.name,
        "brands": column.brands,
        "kind": column.kind,
        "url": _url(column.article) if column.article else None,
        "review": review_of(column, reviews),
        "sources": texts.cited(column.sources),
        "answers": [
            {"row": cell.row.key, "short": cell.short} | texts.markdown(cell.detail) for cell in column.cells.all()
        ],
    }


def _source(source: Source) -> Data:
    return {
        "key": source.key,
        "title": source.title,
        "authors": source.authors,
        "publisher": source.publisher,
        "year": source.year,
        "url": source.link,
        "checked": source.checked.isoformat(),
        "read": source.seen,
        "needs_clinician": source.verify,
    }


def _url(found: Article) -> str:
    return absolute_url(found.get_absolute_url())
