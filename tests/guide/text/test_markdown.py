import cProfile
import pstats
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.quantity_markdown import MAX_COLUMNS
from guide.text import markdown
from guide.text.markdown import MAX_CHARACTERS, TextTooLong, _free_anchor, number_citations, plain_text, render


def test_headings_get_anchors_that_do_not_collide():
    done = render("## Same\n\n## Same\n\n### Sub *x*")
    assert [(h.level, h.anchor) for h in done.headings] == [(2, "same"), (2, "same-2"), (3, "sub-x")]
    assert '<h2 id="same-2">' in done.html


def test_citations_are_numbered_in_order_of_first_use():
    html, keys = number_citations(render("A.[^S17] B.[^S1][^S17]").html)
    assert keys == ["S17", "S1"]
    assert html.count('href="#source-S17"') == 2


def test_a_citation_in_a_template_may_be_broken_over_lines():
    html, keys = number_citations('Taken.<sup\n  data-cite="S1"\n></sup><sup data-cite="S17"></sup>')
    assert keys == ["S1", "S17"]
    assert html.startswith('Taken.<sup class="cite">[<a href="#source-S1"')


def test_several_sources_of_one_sentence_share_one_mark_in_the_order_of_their_numbers():
    html, _ = number_citations(render("A.[^S17] B.[^S1][^S17][^S1]").html)
    second = html.partition(" B.")[2]
    assert re.sub("<[^>]*>", "", second) == "[1, 2]\n"
    assert re.findall('href="([^"]*)" aria-label="([^"]*)"', second) == [
        ("#source-S17", "Source 1"),
        ("#source-S1", "Source 2"),
    ]


def test_check_marks_show_their_date_and_site_marks_are_invisible():
    assert render("Costs $1.[^CHECK 2026-11-23]").html == (
        '<p>Costs $1.<time class="checked" datetime="2026-11-23">(as of 23 Nov 2026)</time></p>\n'
    )
    assert "(as of 2026-11-31)" in render("Costs $1.[^CHECK 2026-11-31]").html
    assert render("Hello.[^site]").html == "<p>Hello.</p>\n"


def test_a_block_alone_on_a_line_becomes_a_placeholder_and_stays_text_in_a_sentence():
    done = render("[[figure:nausea]]\n\nSee [[matrix]] here.")
    assert done.parts == ("figure:nausea",)
    assert "See [[matrix]] here." in done.html


def test_callouts_have_a_kind_and_a_title():
    html = render("::: warning Ask first\nText.\n:::").html
    assert '<aside class="callout warning" role="note" aria-label="Important">' in html
    assert '<p class="callout-title">Ask first</p>' in html


def test_links_within_the_guide_are_written_by_slug():
    assert 'href="/guide/faq/#drink"' in render("[x](faq#drink)").html
    assert 'rel="noopener"' in render("[x](https://example.org/)").html


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example/)",
    "[x](java\u200bscript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<svg onload=alert(1)>",
    "<math><mi xlink:href='javascript:x'>",
    "<a href='javascript:x'>x</a>",
    '<div data-part="matrix" onclick="x">',
    "<style>*{}</style>",
    "<iframe src=//evil.example>",
    "`<script>`",
    "## <script>x</script>",
    '::: warning "><script>x</script>\nx\n:::',
    "<form action=//evil.example><input>",
    "[^S1<script>]",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_scripts_are_removed(attack):
    html = render(attack).html.lower()
    for bad in (
        "<script",
        "<img",
        "<svg",
        "<style",
        "<iframe",
        "<form",
        "<math",
        'href="java',
        'href="data',
        'href="//',
    ):
        assert bad not in html
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", html)


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "[a](", "*a ", "> ", "`", "[^S1]", "::: warning\n", "a\n-\n", "_a*", "# a\n", "> a\n", "|a|b|\n|-|-|\n"),
        *(
            "|a|b|\n|-|-|\n|1|2|\n\n",
            "> a\n\n",
            "> - a\n",
            "1. > a\n",
            "> 1\n> 50\n",
            ">50\n",
            "  - a\n",
            "01. a\n",
            "~~~\n",
        ),
        *("- a\n", "1. a\n", "::: note\na\n:::\n", "a|b\n", "+ \n"),
    ],
)
def test_hostile_repetition_takes_linear_time(piece):
    """Counts function calls, not seconds: twice the text takes about twice as many."""
    assert calls((piece * 2000)[:2000]) < 2.6 * calls((piece * 1000)[:1000])


def calls(text):
    profile = cProfile.Profile()
    profile.runcall(render, text)
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]


def test_a_long_text_renders_and_a_longer_one_is_refused():
    sentence = "Some plain words in a row.[^S1]\n\n"
    assert render(sentence * (MAX_CHARACTERS // len(sentence))).citations == ("S1",)
    with pytest.raises(TextTooLong, match="200,000 characters; at most 100,000"):
        render("x" * 200_000)


def test_plain_text_has_no_citations():
    assert plain_text(render("## A\n\nB & c.[^S1]").html) == "A B & c."


def test_threads_can_render_simultaneously():
    """The server has four threads, and the sanitizer's parser keeps state."""
    texts = [
        f"**{who}** said https://{who}.example\n\n- one {who}\n- two {who}\n" * 5 for who in ("maya", "noah", "vera")
    ]
    alone = [render(text) for text in texts]
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(len(texts)) as threads:
            together = list(threads.map(render, texts * 10))
    finally:
        sys.setswitchinterval(often)
    assert together == alone * 10


def test_the_same_heading_many_times_takes_linear_time():
    """Counts steps, not seconds: each anchor is found at the first or second try."""
    done = render("# a\n" * 2000)
    assert [h.anchor for h in done.headings[:3]] == ["a", "a-2", "a-3"]
    assert len({h.anchor for h in done.headings}) == 2000
    assert tries(4000) < 3 * tries(2000)


def tries(headings):
    """Return how many candidates are looked up for this many equal headings."""

    class Counted(dict):
        looked_up = 0

        def __contains__(self, anchor):
            self.looked_up += 1
            return super().__contains__(anchor)

    taken = Counted()
    for _ in range(headings):
        _free_anchor("a", taken)
    return taken.looked_up


@pytest.mark.parametrize("block", ["|a|b|\n|-|-|\n|1|2|\n\n", "a|b\n-|-\n", "1. a\n", "`a` ", "# a\n"])
def test_markup_that_would_take_too_long_is_refused(monkeypatch, block):
    monkeypatch.setattr(markdown, "MAX_TAGS", 500)
    with pytest.raises(TextTooLong, match="too many headings, list items or table cells"):
        render(block * 300)


def test_a_wide_header_does_not_make_a_table():
    """A row is filled up to the columns of the header: 10,000 characters would make 10,000 times as many cells."""
    columns = MAX_COLUMNS + 1
    assert "<table>" not in render("|a" * columns + "|\n" + "|-" * columns + "|\nx\n").html
    assert "<table>" in render("|a" * (columns - 1) + "|\n" + "|-" * (columns - 1) + "|\nx\n").html


def test_signs_that_a_typographer_would_change_stay():
    assert render("5 +- 1 -- 3, 0.5... &frac12;").html == "<p>5 +- 1 -- 3, 0.5... &amp;frac12;</p>\n"


def test_cells_beyond_the_columns_of_a_table_are_shown():
    html = render("| Day | Dose |\n|---|---|\n| 1 | 25 mg | 50 mg |").html
    assert "<td>1</td>\n<td>25 mg | 50 mg</td>" in html


def test_plain_text_keeps_signs_and_list_numbers():
    assert plain_text(render("<50 & 5<10\n\n3. three\n7. seven").html) == "<50 & 5<10 3. three 7. seven"


def test_a_citation_adds_no_digit_to_the_number_before_it():
    html, _ = number_citations(render("RR 2.93[^S1]").html)
    assert re.sub("<[^>]*>", "", html) == "RR 2.93[1]\n"
