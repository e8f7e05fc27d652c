"""No rendering removes or changes a digit or a sign of quantity: thousands of generated doses in every kind of text."""

import pytest

from core.html_text import html_text
from forum.text import markdown as forum_markdown
from guide.text import markdown as guide_markdown
from tests.quantities import MARKED, PLAIN, doses, signs, signs_in_html

DOSES = list(doses(2000))
BATCH = 40  # texts per call: below the forum's limit of characters
RENDERERS = {"forum": forum_markdown.render, "guide": lambda text: guide_markdown.render(text).html}


def batches(texts):
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


def changed(render, pairs):
    """Return the texts whose digits and signs differ once rendered; a batch that differs is rendered text by text."""
    found = []
    for batch in batches(pairs):
        html = render("\n\n---\n\n".join(typed for typed, _ in batch))
        if signs_in_html(html) != "".join(signs(shown) for _, shown in batch):
            found += [typed for typed, shown in batch if signs_in_html(render(typed)) != signs(shown)] or batch
    return found


@pytest.mark.parametrize("renderer", RENDERERS)
def test_plain_texts_keep_every_digit_and_sign(renderer):
    texts = [PLAIN[n % len(PLAIN)](dose) for n, dose in enumerate(DOSES)]
    assert changed(RENDERERS[renderer], [(text, text) for text in texts]) == []


@pytest.mark.parametrize("renderer", RENDERERS)
def test_lists_quotations_and_emphasis_keep_every_digit_and_sign(renderer):
    pairs = [MARKED[n % len(MARKED)](dose) for n, dose in enumerate(DOSES)]
    assert changed(RENDERERS[renderer], pairs) == []


def test_tables_of_days_keep_every_digit_and_sign():
    for batch in batches(DOSES[:1000]):
        rows = [f"| {day} | {dose} | {dose} more |" for day, dose in enumerate(batch, 1)]
        html = guide_markdown.render("\n".join(["| Day | Dose |", "|---|---|", *rows])).html
        assert signs_in_html(html) == signs("".join(rows))
        assert signs_in_html(forum_markdown.render("\n".join(rows))) == signs("".join(rows))


@pytest.mark.parametrize("first", [0, 1, 3, 10, 365, 999_999_999])
def test_numbered_lines_keep_their_numbers_wherever_they_start(first):
    lines = "\n".join(f"{number}. so-so" for number in (first, 2, 2, 40, 7))
    for render in RENDERERS.values():
        assert signs_in_html(render(lines)) == signs(lines)
        assert html_text(render(lines)).split() == lines.split()


def test_plain_texts_made_from_html_keep_every_digit_and_sign():
    for batch in batches(DOSES):
        text = "\n\n".join(f"So {dose} then" for dose in batch)
        assert signs(html_text(forum_markdown.render(text))) == signs(text)
        assert signs(guide_markdown.plain_text(guide_markdown.render(text).html)) == signs(text)
