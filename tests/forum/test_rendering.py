import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from forum.rendering import MAX_CHARACTERS, PostTooLong, links, render

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html;base64,xx)",
    "[x](vbscript:x)", "![x](https://evil.example/x.png)", "<a href='javascript:x'>x</a>", "[x](//evil.example)",
    "<svg onload=alert(1)>", "<style>*{}</style>", "<iframe src=x></iframe>", "&lt;script&gt;", "[x](JaVaScRiPt:x)",
    "[x](\x01javascript:x)", "`<b>`", "| a |\n|---|\n| b |", "# Big", "[a]: javascript:x\n[a]",
]  # fmt: skip
PATHOLOGICAL = [
    "[",
    "[](",
    "[a](",
    "![",
    "<a ",
    "a\n-\n",
    "> ",
    "*a ",
    "_a*",
    "`",
    "[a] ",
    "**",
    "1. ",
    "\\",
    "http://a.b ",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_executes_and_nothing_loads(text):
    html = render(text)
    assert not any(
        bad in html.lower() for bad in ("<script", "<img", "<svg", "<style", "<iframe", "<table", "<h1", 'href="//')
    )
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html.lower()


def test_what_members_need_is_there():
    html = render("**bold** *soft*\n\n- one\n\n> said\n\nhttps://example.org")
    assert "<strong>bold</strong>" in html
    assert "<blockquote>" in html
    assert '<a href="https://example.org" rel="nofollow ugc noopener">' in html


def test_links_are_told():
    assert links("[a](https://a.example) https://b.example [c](/guide/)") == [
        "https://a.example",
        "https://b.example",
        "/guide/",
    ]


@pytest.mark.parametrize("unit", PATHOLOGICAL)
def test_no_text_takes_long(unit):
    text = (unit * MAX_CHARACTERS)[:MAX_CHARACTERS]
    best = min(timed(text) for _ in range(3))
    assert best < 0.75  # the rule is 250 ms; a busy machine is three times slower


def timed(text):
    start = time.perf_counter()
    render(text)
    return time.perf_counter() - start


def test_a_text_that_is_too_long_is_not_even_read():
    with pytest.raises(PostTooLong):
        render("x" * (MAX_CHARACTERS + 1))

def test_several_threads_render_at_once_and_mix_nothing():
    """The server has four; the sanitiser's parser remembers where it is in a text."""
    texts = [f"**{who}** said https://{who}.example\n\n- one {who}\n- two {who}\n" * 5 for who in ("maya", "noah", "vera")]
    alone = [render(text) for text in texts]
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(len(texts)) as threads:
            together = list(threads.map(render, texts * 10))
    finally:
        sys.setswitchinterval(often)
    assert together == alone * 10
