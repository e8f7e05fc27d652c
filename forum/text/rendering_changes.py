"""Find where rendering takes a character away that may be part of a number or a word, to tell moderators and authors."""

import re
from html import unescape
from typing import NamedTuple

from core.html_text import LIST_NUMBER, TAG
from forum.text.markdown import render
from forum.text.unicode_sanitizer import strip_unsafe_characters

MAX_CHANGES = 10
REACH = 8  # lines between two lines that are shown: rules, fences and empty marks
HIDDEN = "\0"
LINK = re.compile(r"\]\((?:https?:/|/)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*\)?")  # the address of a link
NUMERAL = r"[\d¼-¾⅐-↉]"
SIGN = re.compile(r"[~≈<>≤≥=±+−–—×÷/%.,]")
LINE_START = re.compile(r"(?:\s*(?:[-*>]|\d+[.)]))*\s*\Z")  # marks of quotations and lists before this place
NUMBER_NEXT = re.compile(rf"\s*[~≈<=]?{NUMERAL}")
BULLET = re.compile(r"[\s>]*[-*]\s")


class Change(NamedTuple):
    """A word as it was typed, and as readers see it."""

    typed: str
    shown: str


def rendering_changes(text: str) -> list[Change]:
    """Return the words from which rendering takes a sign, digit or letter, at most MAX_CHANGES of them.

    Marks where marks belong, such as those around a bold word or before a list item, are not among them.
    """
    text = strip_unsafe_characters(text)
    removed = _removed(text, unescape(TAG.sub("", LIST_NUMBER.sub(r"\1 ", render(text)))))
    taken = {at for start, end in removed for at in range(start, end)}
    found = [_change(text, start, end, taken) for start, end in removed if _matters(text, start, end)]
    return list(dict.fromkeys(found))[:MAX_CHANGES]


def _removed(text: str, shown: str) -> list[tuple[int, int]]:
    """Return the spans of `text` that are not in `shown`. Compares line by line: rendering keeps line breaks."""
    lines = [(line.start(), line[0]) for line in re.finditer(r".*\S.*", text)]
    found: list[tuple[int, int]] = []
    at = 0
    for wanted in filter(None, ("".join(line.split()) for line in shown.splitlines())):
        for n in range(at, min(at + REACH, len(lines))):
            missing = _missing(*lines[n], wanted)
            if missing is not None:
                found += [span for start, line in lines[at:n] for span in _fence_line(start, line)] + missing
                at = n + 1
                break
    return found


def _missing(start: int, line: str, wanted: str) -> list[tuple[int, int]] | None:
    """Return the spans of the line that are not in `wanted`, its text without spaces; None if that is another line's."""
    for candidate in (LINK.sub(lambda m: HIDDEN * len(m[0]), line), line):
        at, gaps = 0, []
        for character in wanted:
            place = candidate.find(character, at)
            if place < 0:
                break
            gaps.append((at, place))
            at = place + 1
        else:
            gaps.append((at, len(line)))
            marks = re.compile(rf"[^\s{HIDDEN}]+")
            return [(start + m.start(), start + m.end()) for gap in gaps for m in marks.finditer(candidate, *gap)]
    return None


def _fence_line(start: int, line: str) -> list[tuple[int, int]]:
    """Return the span of the words after "```", which are not shown."""
    words = re.match(r"\s*(?:`{3,}|~{3,})\s*(\S.*)", line)
    return [(start + words.start(1), start + words.end())] if words else []


def _matters(text: str, start: int, end: int) -> bool:
    marks, before, after = text[start:end].replace("\\", ""), text[start - 1 : start], text[end : end + 1]
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if _is_around_address(text, start, end) or (marks in ".)" and line.strip(" >").isdigit()):
        return False
    if re.search(r"[^\W_]", marks):
        return True
    if LINE_START.match(line) and (after.isspace() or marks.endswith(">")):
        return _may_be_sign(text, start, end)
    single_star = marks == "*" and bool(re.match(NUMERAL, before) or re.match(NUMERAL, after))
    return single_star or bool(SIGN.search(marks)) or bool(marks and before.isalnum() and after.isalnum())


def _is_around_address(text: str, start: int, end: int) -> bool:
    """Return whether this is one of the brackets in "<https://example.org>"."""
    opens = text[start:end].endswith("<") and text.startswith("http", end)
    return opens or bool(text[start:end].startswith(">") and re.search(r"<https?://[^\s<>]*\Z", text[:start][-300:]))


def _may_be_sign(text: str, start: int, end: int) -> bool:
    """Return whether a mark at the start of a line may belong to a number after it: "> 50", or "- 2" that is no list."""
    marks = text[start:end]
    if not NUMBER_NEXT.match(text[end : end + 4]):
        return False
    lines_near = [*text[:start].split("\n")[-2:-1], *text[end:].split("\n", 2)[1:2]]
    return marks.endswith(">") or (marks == "-" and not any(BULLET.match(line) for line in lines_near))


def _change(text: str, start: int, end: int, taken: set[int]) -> Change:
    """Return the word around a span; if nothing is left of it, with the next word."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    rest = re.compile(r"\S*").match(text, end)
    end = rest.end() if rest else end
    if all(at in taken for at in range(start, end)) and (more := re.compile(r"\s+\S+").match(text, end)):
        end = more.end()
    return Change(text[start:end], "".join(c for at, c in enumerate(text[start:end], start) if at not in taken).strip())
