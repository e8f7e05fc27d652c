"""The live preview renders like the whole text, and fast."""

import pytest
from django.utils.html import escape

from guide.content_io.reader import read_content
from guide.models import SafetyMessage
from guide.review.live_preview import _render_piece, article_page, html_of, split_pieces
from guide.text.markdown import render

NASTY = [
    "",
    "- a\n\nB\n\n  c\n\n1. x\n\n   y\n\nZ",
    "::: note T\n\nA\n\nB\n\n:::\n\nC",
    "::: note\n\nno end\n\nB",
    "```\nA\n\nB\n```\n\nC",
    "~~~\nA\n\n```\n\nB",
    "| a |\n|---|\n| b |\n\nC",
    "> q\n\nB",
    "## A\n\nx\n\n## A\n\n### A",
    "[[matrix]]\n\n[[faq]]",
    ":::\n\nA\n\n::: nothing\n\nB",
]


@pytest.mark.parametrize("text", NASTY)
def test_pieces_render_like_the_whole_text(text):
    assert html_of(text) == render(text).html


def test_every_article_renders_the_same_in_pieces():
    for article in read_content().articles:
        assert (article.slug, html_of(article.body)) == (article.slug, render(article.body).html)


def test_a_keystroke_in_a_long_text_renders_one_piece():
    text = "\n\n".join(f"Paragraph {i} of a long text.[^S1]" for i in range(300))
    html_of(text)
    before = _render_piece.cache_info().misses
    html_of(text.replace("Paragraph 150", "Paragraph  150!"))
    assert (_render_piece.cache_info().misses - before, len(split_pieces(text))) == (1, 300)


def test_a_keystroke_in_a_page_of_100_kb_renders_one_piece(guide):
    body = ("\n\n".join(a.body for a in read_content().articles))[:99_000]
    words = {"title": "T", "summary": "S", "in_short": "Short.[^S1]", "body": body}
    article_page(words, [])
    before = _render_piece.cache_info().misses
    article_page(words | {"body": body.replace("the", "thie", 1)}, [])
    assert _render_piece.cache_info().misses - before == 1


def test_an_unknown_block_shows_an_error_in_its_place(db):
    words = {"title": "<b>T</b>", "summary": "", "in_short": "", "body": "[[nonsense]]\n\nMore."}
    page = article_page(words, ["1"])
    assert "There is no part called [[nonsense]]" in page
    assert "<h1>&lt;b&gt;T&lt;/b&gt;</h1>" in page


def test_the_preview_shows_an_emergency_and_the_safety_messages_where_the_page_does(guide):
    emergency = "## Now\n\n::: emergency Call\nHelp.[^site]\n:::\n\n## Later\n\n[[safety:low-mood]]"
    words = {"title": "T", "summary": "", "in_short": "Short.[^site]", "body": emergency}
    chosen = SafetyMessage.objects.filter(key__in=["low-mood", "liver-signs"])
    page = article_page(words, [str(m.pk) for m in chosen])
    parts = ["<h1>", 'id="now"', "In short", 'class="more-safety', 'id="later"']
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert [page.count(escape(m.title)) for m in chosen.filter(key="low-mood")] == [1]
