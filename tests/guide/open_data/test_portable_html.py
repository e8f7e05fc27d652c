"""HTML of the guide for other sites."""

import pytest

from guide.open_data.portable_html import portable
from guide.text.markdown import number_citations, render

PAGE = "https://example.org/guide/taking-it/"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p class="x" id="y">A &amp; b &lt;c&gt;.</p>', "<p>A &amp; b &lt;c&gt;.</p>"),
        ('<a href="/guide/overdose/#signs">x</a>', '<a href="https://example.org/guide/overdose/#signs">x</a>'),
        ('<a href="#gap" rel="noopener">x</a>', f'<a href="{PAGE}#gap">x</a>'),
        ('<a href="tel:911">911</a>', '<a href="tel:911">911</a>'),
        ("<section><h2>One</h2><h3>Two</h3></section>", "<h3>One</h3><h4>Two</h4>"),
        ('<p>Two<svg><title>A cell</title><svg><path d="M0"/></svg></svg> words</p>', "<p>Two words</p>"),
        ('<form><p><input type="checkbox"> Choose</p></form><p>a<br>b</p>', "<p>a<br>b</p>"),
        ('<td>4<span class="visually-hidden"> of ten</span></td>', "<td>4</td>"),
        (
            '<figure class="photo"><picture><img src="/x"></picture><figcaption>A</figcaption></figure><p>B</p>',
            "<p>B</p>",
        ),
        ('<p><input aria-hidden="true">Kept</p>', "<p>Kept</p>"),
        (
            '<aside class="callout" role="note" aria-label="Important">x</aside>',
            '<aside role="note" aria-label="Important">x</aside>',
        ),
    ],
)
def test_only_what_works_on_any_page_stays(html, expected):
    assert portable(html, PAGE) == expected


def test_numbers_of_sources_are_text():
    html, keys = number_citations(render("It blocks opioids.[^S1][^S6]").html)
    assert (portable(html, PAGE), keys) == ("<p>It blocks opioids.<sup>[1, 2]</sup></p>", ["S1", "S6"])
