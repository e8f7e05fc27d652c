import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from forum.text.markdown import (
    MAX_ADDRESSES,
    MAX_CHARACTERS,
    MAX_TAGS,
    PostTooLong,
    links,
    links_in_html,
    mention_candidates,
    render,
)

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html;base64,xx)",
    "[x](vbscript:x)", "![x](https://evil.example/x.png)", "<a href='javascript:x'>x</a>", "[x](//evil.example)",
    "<svg onload=alert(1)>", "<style>*{}</style>", "<iframe src=x></iframe>", "&lt;script&gt;", "[x](JaVaScRiPt:x)",
    "[x](\x01javascript:x)", "`<b>`", "| a |\n|---|\n| b |", "# Big", "[a]: javascript:x\n[a]",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_output_executes_or_loads_anything(text):
    html = render(text)
    assert not any(
        bad in html.lower() for bad in ("<script", "<img", "<svg", "<style", "<iframe", "<table", "<h1", 'href="//')
    )
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html.lower()


def test_basic_formatting_is_rendered():
    html = render("**bold** *soft*\n\n- one\n\n> said\n\nhttps://example.org")
    assert "<strong>bold</strong>" in html
    assert "<blockquote>" in html
    assert '<a href="https://example.org" rel="nofollow ugc noopener">' in html


def test_links_returns_the_linked_addresses():
    assert links("[a](https://a.example) https://b.example [c](/guide/)") == [
        "https://a.example",
        "https://b.example",
        "/guide/",
    ]


@pytest.mark.parametrize(
    "text", [*"@[<*_`", "a.b/c", "](", "[a](/b)", "[a](\nhttp://b.org)", "<http://c.org>", "WWW.d.org", "e@f.org"]
)
def test_no_link_is_missed_by_looking_for_its_signs_first(text):
    assert links(f"Look: {text} .") == links_in_html(render(f"Look: {text} ."))


def test_web_addresses_become_links_and_nothing_else():
    text = "www.example.org/x, x.com. me@x.org mailto:me@x.org ftp://x.org //x.org (www.foo.com) http://a.b/c"
    assert links(text) == ["http://www.example.org/x", "http://www.foo.com", "http://a.b/c"]
    assert render(text).count("<a ") == 3


def test_excessive_markup_is_shown_as_typed():
    many = "*a* " * (MAX_TAGS // 2 - 1)  # plus a paragraph
    assert render(many).startswith("<p><em>a</em>")
    assert render(many + "*a* <b>\n@Maya", {"Maya": 1}) == f"<pre>{many}*a* &lt;b&gt;\n@Maya</pre>"
    assert mention_candidates(many + "*a* @Maya") == []
    addresses = "www.a.org " * MAX_ADDRESSES
    assert render(addresses).startswith('<p><a href="http://www.a.org"')
    assert render(addresses + "www.a.org") == f"<pre>{addresses}www.a.org</pre>"


def test_a_text_that_is_too_long_is_not_parsed():
    with pytest.raises(PostTooLong):
        render("x" * (MAX_CHARACTERS + 1))


def test_concurrent_rendering_does_not_mix_texts():
    """The server runs four threads; bleach's parser keeps state."""
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


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("http://аррӏе.com/x", ">http://xn--80ak6aa92e.com/x</a>"),
        ("http://xn--80ak6aa92e.com", ">http://xn--80ak6aa92e.com</a>"),
        ("https://example.org/ü?q=ё", ">https://example.org/ü?q=ё</a>"),
    ],
)
def test_a_host_that_looks_like_another_is_shown_as_browsers_ask_for_it(typed, shown):
    assert shown in render(f"See {typed} now")
