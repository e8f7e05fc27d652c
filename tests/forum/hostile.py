"""Hostile texts, and what a page showing them must still be."""

import random
import re
from xml.etree import ElementTree

from bleach._vendor.html5lib import HTMLParser

from tests.forum.text.test_hostile import PIECES

NASTY = [
    *(
        "</title><script>alert(1)</script>",
        "--><script>alert(1)</script>",
        "]]><script>alert(1)</script>",
        "</textarea><img src=x>",
    ),
    *(
        '" autofocus onfocus=alert(1) x="',
        "' onmouseover=alert(1) '",
        "</script><svg onload=alert(1)>",
        "<plaintext>",
        "<base href=//e.x>",
    ),
    *(
        "{{ 7*7 }}{% debug %}",
        "%3Cscript%3E",
        "%00%0d%0aSet-Cookie:x=1",
        "\u202egnp.exe\u2066",
        "Z" + "\u0351\u0489" * 200,
        "W" * 5000,
    ),
    *(
        "👩‍👩‍👧‍👦🏳️‍🌈" * 40,
        "שלום עולם \u200f(مرحبا)",
        "﷽" * 60,
        "\u200b\u200d\u2060",
        "\ufeff\ufffe\uffff",
        "a\u2028b\u2029c",
        "﹤script﹥",
        "＜script＞",
    ),
    *(
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        'https://e.x/"onclick=alert(1)',
        "www.e.x/'><script>",
        "![x](https://e.x/i)",
    ),
    *(
        "> " * 60 + "deep",
        "- " * 60 + "deep",
        "```\n" + "x" * 3000,
        "    " + "y" * 3000,
        "https://e.x/" + "z" * 3000,
        "\\" * 300,
        "&lt;&#60;&amp;lt;",
    ),
]

HANDLER = re.compile(r"^on[a-z]+$")
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster")


def mixtures(count, seed, pieces=5):
    chance = random.Random(seed)
    known = [*NASTY, *(piece.replace("\x00", "\ufffd") for piece in PIECES)]
    return [" ".join(chance.choices(known, k=pieces))[:9000] for _ in range(count)]


def faults_of_page(html, *, echo=False):
    """What is wrong with it as HTML5, and everything in it that could run.

    With `echo` it may hold signs that are none: those that its only reader just sent, in the fields where they sent them.
    """
    parser = HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"{code} {where}" for where, code, _ in parser.errors if not (echo and code == "invalid-codepoint")]
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "script" and not element.get("src") and element.get("type") != "application/ld+json":
            found.append("a script within the page")
        if element.tag in ("style", "base", "iframe", "object", "embed", "plaintext", "math"):
            found.append(element.tag)
        for name, value in element.attrib.items():
            if HANDLER.match(name) or name == "style" or (name in ADDRESSES and leads_astray(value)):
                found.append(f"{element.tag} {name}={value[:60]}")
    return found + [tag for tag in ("main", "header", "footer") if len(tree.findall(f".//body/{tag}")) > 1]


def leads_astray(address):
    return re.match(r"\s*(javascript|data|vbscript|//|\\)", address, re.IGNORECASE) is not None


def entries_of_feed(content):
    """Raises ParseError where it is no XML."""
    return ElementTree.fromstring(content).findall("{http://www.w3.org/2005/Atom}entry")  # our own
