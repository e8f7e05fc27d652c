"""Inline text with its formatting, as Markdown: bold, italics, links, superscripts and subscripts."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

SUPERSCRIPT = dict(zip("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ", strict=True))
SUBSCRIPT = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
ALREADY = set(SUPERSCRIPT.values()) | set(SUBSCRIPT.values())
PLAIN_AFTER_NUMBER = re.compile(r"(?:st|nd|rd|th|tm|sm|[®©™°*†‡§¶]+)\Z", re.IGNORECASE)
# Characters with a meaning in Markdown, except in our own citations.
SPECIAL = re.compile(r"(\[\^(?:S\d{1,4}|site|meant|CHECK \d{4}-\d\d-\d\d)\])|([\\`*_\[\]<>])")
EDGE = r"(?:\\?[^\w\s\\])"  # a punctuation mark, perhaps escaped
LEADING, TRAILING = re.compile(rf"{EDGE}+\s*"), re.compile(rf"\s*{EDGE}+\Z")
MARK = "*"


class Run(NamedTuple):
    """Text with one formatting. `text` is already Markdown: escaped, with its citations."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


def escaped(words: str) -> str:
    return SPECIAL.sub(lambda m: m[1] or "\\" + m[2], words)


def raised_text(words: str, how: str, before: str) -> str:
    """Return a superscript ("super") or subscript ("sub") in Unicode or, if it lacks a character, after ^ or _.

    `before` is the preceding character. Without the sign, 10 to the power of 9 would become 109.
    """
    table = SUPERSCRIPT if how == "super" else SUBSCRIPT
    if all(c in table or c in ALREADY or c.isspace() for c in words):
        return "".join(table.get(c, c) for c in words)
    core = words.strip()
    if not re.search(r"\d", core) and (how == "sub" or PLAIN_AFTER_NUMBER.match(core) or not before.isalnum()):
        return escaped(words)
    sign = "^" if how == "super" else "\\_"
    joined = escaped(core) if core.isalpha() else f"({escaped(core)})"
    return words.replace(core, sign + joined)


def as_markdown(runs: Iterable[Run]) -> str:
    """Return the Markdown of runs, with their line feeds."""
    groups = [(href, list(group)) for href, group in groupby(runs, key=lambda run: run.href)]
    out = ""
    for n, (href, group) in enumerate(groups):
        following = groups[n + 1] if n + 1 < len(groups) else ("", [Run("")])
        after = "[" if following[0] else following[1][0].text[:1]
        out += _link(_marked(group, "", ""), href) if href else _marked(group, out[-1:], after)
    return out


def _link(label: str, href: str) -> str:
    words = label.strip()
    lead, trail = label[: len(label) - len(label.lstrip())], label[len(label.rstrip()) :]
    return f"{lead}[{' '.join(words.split())}]({href}){trail}" if words else label


def _marked(runs: list[Run], before: str, after: str) -> str:
    return _with_marks(runs, "bold", MARK * 2, before, after)


def _with_marks(runs: list[Run], look: str, mark: str, before: str, after: str) -> str:
    """Put marks around neighboring runs that are bold or, within them, italic."""
    groups = [(marked, list(group)) for marked, group in groupby(runs, key=lambda run: getattr(run, look))]
    out = ""
    for n, (marked, group) in enumerate(groups):
        following = groups[n + 1][1][0].text[:1] if n + 1 < len(groups) else after
        here = out[-1:] or before
        if look == "bold":
            words = _with_marks(group, "italic", MARK, "" if marked else here, "" if marked else following)
        else:
            words = "".join(run.text for run in group)
        out += _between_marks(words, mark, here, following) if marked else words
    return out


def _between_marks(words: str, mark: str, before: str, after: str) -> str:
    """Put marks around words where Markdown recognizes them: not inside a word, with spaces and punctuation outside.

    Markdown would show the stars of "5**0**" and "change*, ever*".
    """
    core = words.strip()
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    if not any(c.isalnum() for c in core):
        return words
    if not lead and _touches(before):
        lead, core = _cut(LEADING.match(core.replace(MARK, "x")), core)
    if not trail and _touches(after):
        core, trail = _cut_end(TRAILING.search(core.replace(MARK, "x")), core)
    within = (not lead and _touches(before)) or (not trail and _touches(after))
    return words if within else lead + mark + core + mark + trail


def _touches(neighbor: str) -> bool:
    return neighbor.isalnum() or neighbor == MARK


def _cut(found: re.Match[str] | None, core: str) -> tuple[str, str]:
    return (core[: found.end()], core[found.end() :]) if found else ("", core)


def _cut_end(found: re.Match[str] | None, core: str) -> tuple[str, str]:
    return (core[: found.start()], core[found.start() :]) if found else (core, "")
