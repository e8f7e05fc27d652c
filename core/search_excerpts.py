"""Excerpts of search results: whole sentences around the matches that PostgreSQL marks."""

import re

from core.html_text import shorten

# Private-use characters mark the hits, so that an excerpt can be escaped before it becomes HTML.
OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"([{OPEN}{CLOSE}])")
LENGTH = 240  # characters of an excerpt, about two sentences
SENTENCE_END = re.compile(r"(?<=[.!?…:])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])")
# A full stop that ends an abbreviation or an initial, not a sentence.
POINTER = re.compile(rf"{OPEN}?(?:See|Read)\b")  # "See drinks and units." says nothing without the sentence before it
ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|vs|e\.g|i\.e)|\b[A-Z])\.$")


def sentences(text: str) -> list[str]:
    """Split a text into sentences."""
    found, start = [], 0
    for end in SENTENCE_END.finditer(text):
        if not ABBREVIATION.search(text[start : end.start()]):
            found.append(text[start : end.start()])
            start = end.end()
    return [*found, text[start:]]


def first_sentences(text: str, count: int = 2) -> str:
    """Return the first sentences of a text."""
    return " ".join(sentences(text)[:count])


def mark_like(headline: str, text: str) -> str:
    """Return `text` with the marks of a headline that was made of the same text after `plain_marks`.

    Return the headline itself if PostgreSQL left out a word, as it does with one of over 2,047 bytes.
    """
    if _length(headline) != len(text):
        return headline
    marked, position = [], 0
    for piece in MARK.split(headline):
        if piece in (OPEN, CLOSE):
            marked.append(piece)
        else:
            marked.append(text[position : position + len(piece)])
            position += len(piece)
    return "".join(marked)


def best_excerpt(marked: str, length: int = LENGTH) -> str:
    """Return about `length` characters of whole sentences, where most different words match.

    "… " and " …" show that the text begins earlier or goes on.
    """
    parts = sentences(marked)
    first = max(
        range(len(parts)), key=lambda i: (len(_matches(_window(parts, i, length))), bool(_matches(parts[i])), -i)
    )
    if first and POINTER.match(parts[first]):
        first -= 1
    shown = _window(parts, first, length)
    before = "… " if first else ""
    after = " …" if not shown.endswith(" …") and _length(shown) < _length(" ".join(parts[first:])) else ""
    return before + shown + after


def _window(parts: list[str], first: int, length: int) -> str:
    """Return whole sentences from `first` as far as they fit, or the beginning of a very long one."""
    shown = parts[first]
    for part in parts[first + 1 :]:
        if _length(shown) + _length(part) > length:
            break
        shown += f" {part}"
    return shown if _length(shown) <= 2 * length else _cut(shown, 2 * length)


def _cut(text: str, length: int) -> str:
    """Shorten a marked text between two words, and close a mark that was cut."""
    short = shorten(text, length)
    return short if short.count(OPEN) == short.count(CLOSE) else short.removesuffix(" …") + CLOSE + " …"


def _matches(text: str) -> set[str]:
    return {word.lower()[:5] for word in re.findall(f"{OPEN}(.*?){CLOSE}", text)}


def _length(text: str) -> int:
    return len(text) - text.count(OPEN) - text.count(CLOSE)
