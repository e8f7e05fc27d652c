"""Thousands of hostile strings: nothing executes, loads, breaks or takes long."""

import random
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from forum.text.markdown import ATTRIBUTES, MAX_CHARACTERS, TAGS, links, render
from tests.effort import examples
from tests.growth import assert_cheap, assert_growth, cpu_seconds

VOID = {"br", "hr"}
RULE = 8  # 250 ms was 5.4 times an ordinary post when first measured; quadratic cases take hundreds of times
PIECES = [
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc=x>",
        "<style>*{}",
    ),
    *(
        "<a href=javascript:alert(1)>",
        "<math><mi//xlink:href='data:x'>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "</p>",
        "</div>",
    ),
    *(
        "</article></main>",
        "<base href=//evil.example>",
        "<form action=//evil.example>",
        "<input autofocus onfocus=x>",
        "<meta x>",
    ),
    *(
        "[x](javascript:alert(1))",
        "[x](JaVa\tScRiPt:x)",
        "[x](data:text/html;base64,PHM+)",
        "[x](//evil.example)",
        "[x](\\\\evil)",
    ),
    *(
        "[x](<javascript:x>)",
        "[x](https://a.example/\"onmouseover='x')",
        "![x](https://evil.example/p.png)",
        "<javascript:x>",
    ),
    *(
        "[x]: javascript:x",
        "[x]",
        "[",
        "]",
        "(",
        ")",
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        "> ",
        "- ",
        "1. ",
        "# ",
        "| a |",
        "---",
        "\n",
    ),
    *(
        "\n\n",
        "\\",
        "&",
        "&lt;script&gt;",
        "&#x3c;img&#x3e;",
        "&#0;",
        "\x00",
        "\x0b",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\ud7ff",
        "𝕏",
        "\u200f",
    ),
    *(
        "http://",
        "https://",
        "https-http",
        "://",
        "http://a.example",
        "ftp://a.example",
        "a@b.example",
        "www.a.example",
        "x" * 300,
    ),
    *(
        "{{ 7*7 }}",
        "{% load x %}",
        "${7*7}",
        "'\"><",
        "';--",
        "%00",
        "\t",
        " ",
        "a",
        "javascript:",
        "onclick=x",
        "style=x",
        "<",
        ">",
    ),
]
CRASHED = [
    "*]](` https-httpshttps[HTTP://C.example://)",  # markdown-it's own linkify rule scanned backwards
]
LONG = [
    *("[", "[](", "[a](", "![", "<a ", "a\n-\n", "> ", "*a ", "_a*", "`", "[a] ", "**", "1. ", "\\", "http://a.b "),
    *(
        "+ a\n+ b\n\n",
        "<http://",
        "http://a",
        "http://a.b/(",
        "*_",
        "- a\n ",
        "//a.b ",
        "~~~\n",
        "```\n",
        "x.com ",
        "&",
        "&#0;",
    ),
    *(
        "[a](b",
        "**a _b ",
        "_a __a ",
        "<!-- ",
        "> a\nb\n",
        "a.",
        "a@b.co,",
        "::",
        "* * ",
        "\t",
        "\x00",
        "[a]: /u\n",
        "![a](b)",
        "www.a.b+",  # seconds, once
        "|www.a.b",
        "x.com*",
        "http://a.b/(",
        "//",
        "a\n\n",
    ),
]
NESTED = [
    *(
        "[" * 5000 + "]" * 5000,
        "*" * 5000 + "a" + "*" * 4999,
        ">" * 9999 + "a",
        "**a" * 1666 + "b**" * 1666,
        "a" * 4999 + "@" + "b" * 5000,
    ),
    *(
        "".join("  " * n + "- a\n" for n in range(98)),
        "".join("`" * n + "a" for n in range(1, 140)),
        "a**b" + "c* " * 3300,
    ),
]

SIGNS = [
    *"[]()*_`\\<>&!-+#~|\n\t/:.\"' a",
    "\n\n",
    "    ",
    "1. ",
    "> ",
    "- ",
    "http://",
    "http://a.b",
    "<http://a.b>",
    "<a@b.c>",
]
SIGNS += ["a@b.c", "[a](b)", "[a](/b)", "**a**", "*a*", "`a`", "```\n", "---\n", "x.com", "www.a.b", "@Maya ", "é"]


class Strict(HTMLParser):
    """Fail at any tag, attribute or address that posts may not have, and at unclosed tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attributes):
        assert tag in TAGS, tag
        allowed = {"href", *ATTRIBUTES["a"]} if tag == "a" else set(ATTRIBUTES.get(tag, ()))
        assert {name for name, _ in attributes} <= allowed
        href = dict(attributes).get("href")
        assert href is None or href.lower().startswith(("http://", "https://")) or (href[0] == "/" and href[1:2] != "/")
        assert href is None or dict(attributes)["rel"] == "nofollow ugc noopener"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        pytest.fail(f"a comment: {data}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def check(html):
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []


@pytest.mark.parametrize("text", [*PIECES, *CRASHED])
def test_each_hostile_text_renders_safely(text):
    check(render(text))


@pytest.mark.parametrize("seed", range(6))
def test_mixtures_of_hostile_texts_render_safely(seed):
    chance = random.Random(seed)
    for _ in range(examples(100)):
        text = "".join(chance.choices(PIECES, k=chance.randint(2, 14)))
        check(render(text))
        assert all(address.startswith(("http", "/")) for address in links(text))


@pytest.mark.parametrize(
    "text", [(unit * MAX_CHARACTERS)[:MAX_CHARACTERS] for unit in LONG] + NESTED, ids=lambda t: repr(t[:12])
)
def test_no_hostile_text_takes_long(quickly, text):
    check(quickly(text))


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_takes_long(quickly, seed):
    chance = random.Random(seed)
    for _ in range(12):
        unit = "".join(chance.choices(SIGNS, k=chance.randint(1, 6)))
        quickly((unit * MAX_CHARACTERS)[:MAX_CHARACTERS])


@pytest.fixture(scope="module")
def quickly():
    """Render a text, and fail if that takes RULE times as long as an ordinary post of the same length."""
    ordinary = ("a & b " * MAX_CHARACTERS)[:MAX_CHARACTERS]
    base = min(cpu_seconds(render, ordinary) for _ in range(3))

    def quickly(text):
        rendered = []
        if cpu_seconds(lambda: rendered.append(render(text))) >= RULE * base:
            assert_cheap(render, text, ordinary=ordinary, limit=RULE)
        return rendered[0]

    return quickly


@pytest.mark.parametrize("unit", ["http://a", "<http://", "[a](b", "> a\nb\n"])
def test_rendering_time_is_linear(unit):
    assert_growth(render, (unit * MAX_CHARACTERS)[:MAX_CHARACTERS])


def test_pages_stay_well_formed_with_hostile_titles_warnings_and_posts(client, say, maya, category, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000
    settings.FORUM_LINKS_PER_POST = 1000
    nasty = [p.replace("\x00", "").strip() or "x" for p in PIECES if len(p) <= 80][:30]
    for n, text in enumerate(nasty):
        thread = say(maya, f"{n} {text}", title=text, warning=text).thread
        html = client.get(thread.get_absolute_url()).content.decode()
        for bad in (
            "<script>alert",
            "<img src=x",
            "<svg/onload",
            "<iframe srcdoc",
            "<style>",
            "<base ",
            "<math",
            "javascript:alert(1)>",
        ):
            assert bad not in html
        assert html.count("</main>") == html.count("</html>") == 1
    html = client.get(category.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    assert html.count("</main>") == html.count("</html>") == 1
    assert client.get(reverse("forum:index")).status_code == 200
