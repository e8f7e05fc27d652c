"""Hostile strings as queries, names, dates and results: nothing breaks or executes."""

import random
import re
from html.parser import HTMLParser

import pytest

from forum.models import PostRevision, SearchEntry
from forum.publishing.search_index import index_post
from forum.search.query import Criteria, clean, search
from forum.text.markdown import render
from tests.effort import examples

PIECES = [
    *(
        "'",
        '"',
        "''",
        '""',
        "\\",
        "\\'",
        "%",
        "%s",
        "%(x)s",
        "{}",
        "{{ 7*7 }}",
        "{% now %}",
        "`",
        ";",
        "--",
        "/*",
        "*/",
    ),
    *(
        "&",
        "|",
        "!",
        "!!",
        "<->",
        "<2>",
        "<-1>",
        ":*",
        ":A",
        ":ABCD*",
        "(",
        ")",
        "((((",
        "))))",
        "a & | b",
        "! & (",
        "x:*y",
    ),
    *(" OR ", " or or ", "AND", "-", "--x", "-“x”", "- -", '"a', 'a"b"c', '-"a b"', '"" OR ""', "or", "-or", "NOT x"),
    *(
        "' OR 1=1 --",
        "'; DROP TABLE forum_post; --",
        "1; select pg_sleep(9)",
        "$$",
        "$1",
        "E'\\x00'",
        "::regclass",
        "\\x",
    ),
    *(
        "\x00",
        "\x01",
        "\x08",
        "\x1b[31m",
        "\x7f",
        "\r\n",
        "\t",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\ue000",
        "\ue001",
        "\ud800",
    ),
    *(
        "🙂",
        "👩‍⚕️",
        "🏳️‍🌈",
        "\u202eevil\u202c",
        "\u200f",
        "שלום",
        "مرحبا بكم",
        "नमस्ते",
        "日本語",
        "ไทย",
        "Ǆ",
        "ﬁ",
        "İ",
        "ß",
        "à́̂̃" * 9,
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</mark>",
        "<mark>",
        "</form>",
        "&lt;script&gt;",
        "&#60;",
    ),
    *(
        "＜script＞",
        '"><svg onload=alert(1)>',
        "javascript:alert(1)",
        "</li></ol>",
        "<!--",
        "]]>",
        "&amp;amp;",
        "&nosuch;",
    ),
    *(
        "naltrexone",
        "sleep",
        "the",
        "of",
        "don't",
        "don’t",
        "a.b@example.org",
        "https://x.example/?a=1&b=2",
        "3.14e9",
        "١٢٣",
    ),
]
LONG = [
    "x" * 10_000,
    "x " * 5000,
    "(" * 10_000,
    '"' * 9999,
    "-a " * 3000,
    "🙂" * 5000,
    "\u0301" * 10_000,
    "a\u202e" * 4000,
    "% " * 5000,
]


def strings(count):
    chance = random.Random(4)
    made = [*PIECES, *LONG, *("".join(chance.choices(PIECES, k=chance.randint(2, 7))) for _ in range(count))]
    return [text.encode("utf-8", "replace").decode() for text in made]  # as a URL can contain it


class Reader(HTMLParser):
    """What a browser makes of the results: tags, attributes and unclosed elements."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open = set(), set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in ("input", "br", "meta", "link", "img", "use", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def main_of(answer):
    assert answer.status_code == 200
    return re.search(r"<main.*</main>", answer.content.decode(), re.S)[0]


@pytest.fixture
def words(published, maya):
    published(maya, "I sleep badly since naltrexone, don't you?")


@pytest.mark.parametrize("fields", ["q", "author", "page as_of", "category period since until sort"])
def test_hostile_input_in_any_field_breaks_nothing(client, words, fields):
    """Fields that are checked independently of each other get the text in the same request."""
    for text in strings(examples(30)):
        hostile = dict.fromkeys(fields.split(), text)
        reader = Reader(main_of(client.get("/search/", {"in": "forum", "q": "sleep", **hostile})))
        assert not reader.tags & {"script", "img", "iframe", "style"}
        assert not {name for name in reader.attributes if name.startswith("on")}
        assert reader.open == []


def test_hostile_queries_break_neither_the_engine_nor_a_members_page(client, words, maya):
    for text in strings(examples(20)):
        for newest in (True, False):
            search(Criteria(clean(text), newest_first=newest), maya)


def test_excerpts_of_hostile_posts_contain_no_markup(client, settings, published, maya):
    """One post per string, written past the services; tests/forum/test_hostile_pages.py goes through them."""
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000
    post = published(maya, "Words.", title="Title")
    for text in strings(examples(10)):
        live = PostRevision.objects.get(pk=post.live_revision_id)
        live.html = render(f"zebra {text.replace(chr(0), '')[:9000]} zebra")
        live.save(update_fields=["html"])
        index_post(post)
        html = main_of(client.get("/search/", {"in": "forum", "q": "zebra"}))
        reader = Reader(html)
        assert html.count("<mark>") == html.count("</mark>") >= 1
        assert not reader.tags & {"script", "img", "iframe", "style", "svg"}
        assert reader.open == []


def test_every_hostile_post_can_be_indexed(published, maya):
    post = published(maya, "Words.")
    for html in ("<p>" * 5000, "<" * 9000, "&lt;" * 9000, "x" * 10_000, "<p>" + "1.2.3.4/" * 1200, "a@b.c " * 1500):
        PostRevision.objects.filter(pk=post.live_revision_id).update(html=html)
        index_post(post)
    assert SearchEntry.objects.count() == 1
