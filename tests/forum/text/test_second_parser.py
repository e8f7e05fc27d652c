"""A second parser reads again what the sanitizer made: thousands of generated payloads in every field that becomes HTML.

The parser is html5lib, which reads as browsers do. Nothing is allowed here because the sanitizer allows it: the tags,
attributes and addresses are listed once more. THOROUGH=1 tries 13,000 payloads for each field.
"""

import json
import random
import re
from types import SimpleNamespace

import pytest
from bleach._vendor.html5lib import HTMLParser
from django.template import engines

from accounts.models import User
from core.search_excerpts import CLOSE, OPEN
from forum.models import Post, PostRevision
from forum.publishing.mention_html import html_with_names
from forum.search.query import excerpt
from forum.text import markdown as forum_markdown
from forum.text.unicode_sanitizer import strip_invalid_characters
from forum.threads.feeds import ThreadFeed
from guide.text import markdown as guide_markdown
from tests.effort import examples
from tests.forum.hostile import NASTY
from tests.forum.text.test_hostile import PIECES

PAYLOADS = 1300
HARMLESS = "a aside blockquote br code div em h2 h3 hr li mark ol p pre span strong sup".split()
HARMLESS += "table tbody td th thead time tr ul".split()
HARMLESS_ATTRIBUTES = (
    "aria-label class data-cite data-part datetime href id rel role scope start tabindex value".split()
)
ADDRESS = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)", re.IGNORECASE)
TEMPLATE = engines["django"].from_string(
    '<h1 title="{{ text }}">{{ text }}</h1><a href="/x/?q={{ text|urlencode }}">x</a>{{ data|json_script:"d" }}'
)


def payloads(seed):
    """Pieces of attacks, cut and joined at random."""
    chance = random.Random(seed)
    known = [*PIECES, *(text[:400] for text in NASTY)]
    for _ in range(examples(PAYLOADS)):
        pieces = chance.choices(known, k=chance.randint(1, 6))
        cut = [piece[: chance.randint(1, len(piece))] if chance.random() < 0.3 else piece for piece in pieces]
        yield strip_invalid_characters("".join(cut))


def faults(html, tags=HARMLESS, attributes=HARMLESS_ATTRIBUTES):
    """Every element, attribute, address and comment that is not harmless."""
    found = []
    for element in HTMLParser(namespaceHTMLElements=False).parseFragment(html).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        if element.tag not in tags:
            found.append(f"element {element.tag}")
        for name, value in element.attrib.items():
            if name not in attributes or (name == "href" and not ADDRESS.match(value.strip())):
                found.append(f"{element.tag} {name}={value[:60]}")
    return found


def post_with(text, html):
    """A post that is not stored: its content warning, body and author are hostile."""
    revision = PostRevision(number=1, title=text[:140], warning=text[:80], body=text, html=html)
    post = Post(position=1, state=Post.State.PUBLISHED, author=User(display_name=text[:40]), live_revision=revision)
    post.mentioned = []
    return post


def body(text):
    return forum_markdown.render(text[:9000])


def body_with_names(text):
    person = {"pk": 1, "name": text[:40], "state": User.State.ACTIVE, "profile": True}
    return html_with_names(forum_markdown.render(f"@Maya {text[:9000]}", {"Maya": 1}), [person])


def guide_page(text):
    return guide_markdown.render(text).html


def search_result(text):
    return excerpt(SimpleNamespace(warning="", headline=f"{OPEN}{text}{CLOSE}", text=text))


def warning_in_search(text):
    return excerpt(SimpleNamespace(warning=text, headline="", text=text))


def feed_of_warnings(text):
    return ThreadFeed().item_description(post_with(text, ""))


def feed_of_bodies(text):
    post = post_with(text, body(text))
    post.live_revision.warning = ""
    return ThreadFeed().item_description(post)


FIELDS = [body, body_with_names, guide_page, search_result, warning_in_search, feed_of_warnings, feed_of_bodies]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_nothing_harmful_comes_out_of_a_field(field):
    found = {text: wrong for text in payloads(field.__name__) if (wrong := faults(field(text)))}
    assert found == {}


def test_titles_warnings_and_names_stay_text_in_a_template():
    found = []
    for text in payloads("template"):
        html = TEMPLATE.render({"text": text, "data": {"text": text}})
        found += [(text, wrong) for wrong in faults(html, ["a", "h1", "script"], ["href", "id", "title", "type"])]
        assert html.count("<script") == 1
        assert json.loads(re.search(r"<script[^>]*>(.*?)</script>", html, re.S)[1]) == {"text": text}
    assert found == []


def test_a_harmful_text_would_be_seen():
    assert faults('<p onclick="x"><a href="javascript:x">y</a></p><script>z</script>') == [
        "p onclick=x",
        "a href=javascript:x",
        "element script",
    ]
