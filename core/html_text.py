"""The text that readers see of HTML made by our Markdown renderers."""

import re
from html import unescape

LIST_NUMBER = re.compile(r'<li value="(\d+)">')
TAG = re.compile(r"<[^>]*>")


def html_text(html: str) -> str:
    """Return the text of rendered HTML, with the numbers of list items and with entities decoded."""
    return unescape(TAG.sub("", LIST_NUMBER.sub(r"\1. ", html)))


def first_words(html: str, length: int) -> str:
    """Return the beginning of rendered HTML as one line of text."""
    return shorten(" ".join(html_text(html).split()), length)


def shorten(text: str, length: int, end: str = " …") -> str:
    """Cut a text after at most `length` characters, between two words, so that no number is cut in two."""
    if len(text) <= length:
        return text
    space = max(text.rfind(mark, 0, length + 1) for mark in " \n\t")
    return text[: max(space, 0)].rstrip() + end
