"""Posters to print: what the guide says, in its own words, with its sources and review."""

from typing import NamedTuple

from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse

from core.open_data import absolute_url
from guide.models import Article, SafetyMessage, Source
from guide.open_data.pieces import sections_of
from guide.open_data.qr_code import QrCode, qr_code
from guide.open_data.reviews import Review, article_review
from guide.pages.article_context import review_status
from guide.pages.unreviewed_notices import notice_for_messages, unreviewed_rows
from guide.text.markdown import number_citations, render

ENGLISH_PAGE, OVERDOSE_PAGE, SPANISH_PAGE = "one-page", "overdose", "en-espanol"
SPANISH_SECTIONS = ("siete-avisos", "en-una-sobredosis")
SEPARATOR = "\x1e"
Part = tuple[str, str]  # its heading, if any, and its HTML


class Poster(NamedTuple):
    """`reviewed` has each article that it quotes, with its review."""

    language: str
    parts: list[Part]
    sources: list[Source]
    reviewed: list[tuple[Article, Review]]
    address: str
    code: QrCode


def english_poster() -> Poster:
    """Return the guide's safety messages as a list, and what to do in an overdose. Raises Http404 without these pages."""
    page, overdose = _published(ENGLISH_PAGE), _published(OVERDOSE_PAGE)
    parts = [("", page.live.in_short_html + _safety_list(page)), ("In an overdose", overdose.live.in_short_html)]
    return _poster("en", parts, [page, overdose], reverse("home"))


def spanish_poster() -> Poster:
    """Return the warnings and the steps of the page in Spanish, after its notice. Raises Http404 without that page."""
    page = _published(SPANISH_PAGE)
    lead, sections = sections_of(page)
    shown = [(title, html) for anchor, title, html in sections if anchor in SPANISH_SECTIONS]
    return _poster("es", [("", page.live.in_short_html), *reversed(shown), ("", lead)], [page], page.get_absolute_url())


def _published(slug: str) -> Article:
    found = Article.objects.published().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _safety_list(page: Article) -> str:
    messages = list(SafetyMessage.objects.filter(pk__in=page.live.safety_messages))
    rows = [(message.title, list(render(message.text).citations)) for message in messages]
    html = render_to_string("guide/open_data/_safety_list.html", {"rows": rows})
    return html + notice_for_messages(messages, unreviewed_rows())


def _poster(language: str, parts: list[Part], pages: list[Article], path: str) -> Poster:
    numbered, keys = number_citations(SEPARATOR.join(html for _, html in parts))
    shown = [(title, html) for (title, _), html in zip(parts, numbered.split(SEPARATOR), strict=True)]
    reviewed = [(page, article_review(review_status(page))) for page in pages]
    address = absolute_url(path)
    return Poster(language, shown, Source.objects.by_keys(keys), reviewed, address, qr_code(address))
