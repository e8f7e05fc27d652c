"""Convert HTML pasted from Word or a web page to the guide's Markdown, without fetching anything.

It converts headings, paragraphs, lists, tables, bold, italics, quotations and links; everything else becomes plain text or is
left out. What each program means by its HTML is in clipboard_html.py.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from guide.text import clipboard_html
from guide.text.clipboard_html import style_of
from guide.text.inline_runs import Run, as_markdown, escaped, raised_text
from guide.text.left_out import SOURCE_WANTED, left_out
from guide.text.pasted_lists import ItemLevels, marker_number, number_or
from guide.text.pasted_tables import CellPart, PastedTable, joined

BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "form", "fieldset", "details"),
    *("figure", "figcaption", "address", "dl", "dt", "dd", "pre", "center", "summary", "caption"),
}
HEADINGS = {"h1": "## ", "h2": "## ", "h3": "### ", "h4": "### ", "h5": "### ", "h6": "### "}
LISTS = {"ul", "ol"}
CELLS = {"td", "th"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
CODE = {"code", "kbd", "samp"}
CLOSED_BY_THE_NEXT = {"p", "li", "td", "th", "tr"}
MAX_QUOTATIONS = 5  # nested
LINE_MARK = re.compile(r"^(#{1,6}\s|[-+]\s|:::|\||~~~|(\d+)([.)])\s)")
SPACE = re.compile(r"[\s\x00-\x1f]+")
NO_ELEMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[[^>]*>", re.DOTALL)  # comments, and declarations as Word writes them
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
CITATION_NUMBER = re.compile(r"\s*\[[0-9a-z]{1,3}\]\s*")


class Pasted(NamedTuple):
    """The Markdown, and a line that tells the editor what was left out, or ""."""

    markdown: str
    left_out: str


def convert(html: str) -> Pasted:
    """Convert HTML from the clipboard to clean Markdown."""
    reader = _Reader()
    reader.feed(_only_closed_tags(html))
    reader.close()
    reader.close_all()
    text = _tighten_lists("\n\n".join(reader.blocks)).strip()
    return Pasted(text + "\n" if text else "", left_out(reader.counts))


def _only_closed_tags(html: str) -> str:
    """Return the HTML without comments and declarations, its last unclosed tag as text.

    The parser would look for the end of each unclosed one in all of the text behind it.
    """
    end = html.rfind(">") + 1
    return NO_ELEMENT.sub("", html[:end] + html[end:].replace("<", "&lt;"))


def _tighten_lists(text: str) -> str:
    """Remove the empty lines between the items of a list."""
    item = r"(?: *(?:- |\d+\. )[^\n]*)"
    return re.sub(rf"(^{item})\n\n(?={item})", r"\1\n", text, flags=re.MULTILINE)


@dataclass
class _Element:
    """An open element and what it means for the text in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    bold: bool = False
    italic: bool = False
    href: str = ""
    dropped: bool = False
    marker: bool = False  # it contains the bullet or number that Word wrote before an item
    raised: str = ""


class _Reader(HTMLParser):
    """Read the HTML once and collect paragraphs, headings, items and tables in `blocks`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.counts: Counter[str] = Counter()
        self.runs: list[Run] = []
        self.raised_words: list[str] = []
        self.prefix = ""
        self.quotations = 0
        self.lists: list[list[int]] = []  # the next number of each open list; -1 where it has bullets
        self.levels = ItemLevels()
        self.word_level = 0  # of the item of Word that is being read
        self.marker = ""
        self.note = ""  # the kind of the note that this block is
        self.tables = 0  # nested; the inner ones become text of a cell
        self.table = PastedTable()
        self.cell: list[CellPart] | None = None
        self.after_code = False
        self.stack = [_Element("")]
        self.open_tags: Counter[str] = Counter()

    # Elements

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in CLOSED_BY_THE_NEXT and self.stack[-1].tag == tag:
            self._close(self.stack.pop())
        element = self._element(tag, attributes)
        if tag in VOID:
            self._void(tag, element)
            return
        self.stack.append(element)
        self.open_tags[tag] += 1
        if not element.dropped:
            self._separate_raised(element, "^")
            self._open(element)

    def _element(self, tag: str, attributes: dict[str, str]) -> _Element:
        parent, style = self.stack[-1], style_of(attributes)
        hidden = parent.dropped or clipboard_html.is_hidden(tag, attributes, style)
        kind = "" if hidden else clipboard_html.left_out_kind(tag, attributes, style)
        is_link = tag == "a" and not hidden and not kind
        mark = clipboard_html.mark_kind(attributes, style) if is_link else ""
        if kind:
            self.counts[kind] += 1
        if mark:
            self._add_mark(mark, attributes)
        return _Element(
            tag,
            attributes,
            bold=clipboard_html.is_bold(tag, style, parent.bold),
            italic=clipboard_html.is_italic(tag, style, parent.italic),
            href=self._target(attributes) if is_link and not mark else parent.href,
            dropped=hidden or bool(kind or mark),
            marker=parent.marker or ("ignore" in style.get("mso-list", "") and bool(self.word_level)),
            raised=parent.raised or clipboard_html.raised(tag, style),
        )

    def _target(self, attributes: dict[str, str]) -> str:
        href = attributes.get("href", "")
        target = clipboard_html.target_of(href)
        self.counts["link"] += bool(href and not target and not href.startswith("#"))
        return target

    def _add_mark(self, kind: str, attributes: dict[str, str]) -> None:
        """Count the mark of a comment or footnote. Several footnotes in a row need only one source."""
        if kind == "back":
            self.note = "comment text" if "cmnt" in attributes["href"] else "footnote"
            return
        self.counts["footnote mark" if kind == "footnote" else kind] += 1
        if kind == "footnote" and (not self.runs or self.runs[-1].text != SOURCE_WANTED):
            self.runs.append(Run(SOURCE_WANTED))

    def _void(self, tag: str, element: _Element) -> None:
        if tag == "br" and not element.dropped:
            self.runs.append(Run("\n"))
        elif tag == "hr":
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        while self.open_tags[tag]:
            element = self.stack.pop()
            self._close(element)
            if element.tag == tag:
                break

    def close_all(self) -> None:
        while len(self.stack) > 1:
            self._close(self.stack.pop())
        self.end_block()

    def _open(self, element: _Element) -> None:
        tag = element.tag
        if tag == "table":
            self.tables += 1
        if tag == "table" and self.tables == 1:
            self.end_block()
            self.table = PastedTable()
        elif tag in CELLS | {"tr"} and self.tables:
            self._open_in_table(tag)
        elif tag in LISTS:
            self.end_block()
            start = element.attributes.get("start", "")
            self.lists.append([number_or(start, 1) if tag == "ol" else -1])
        elif tag in BLOCKS or tag in HEADINGS or tag in ("li", "blockquote"):
            self._open_block(element)
        elif (tag in CODE and self.after_code) or tag == "q":
            self.runs.append(Run("“" if tag == "q" else " "))

    def _open_in_table(self, tag: str) -> None:
        self.end_block()
        if self.tables == 1 and tag == "tr":
            self.table.start_row()
        elif self.tables == 1:
            self.cell = []

    def _open_block(self, element: _Element) -> None:
        tag, style = element.tag, style_of(element.attributes)
        in_item = self.prefix and not self._has_words() and tag not in HEADINGS and tag != "li"
        if in_item:  # a paragraph that begins an item
            return
        self.end_block()
        self.quotations += tag == "blockquote"
        if tag == "li":
            self.prefix = self._item_prefix(element.attributes, style)
        elif tag in HEADINGS:
            self.prefix = HEADINGS[tag]
        elif style.get("mso-list", "").startswith("l"):
            self.word_level, self.marker = clipboard_html.item_level(element.attributes, style) or 1, ""
        elif element.attributes.get("role") == "heading":
            level = clipboard_html.item_level(element.attributes, {})
            self.prefix = HEADINGS.get(f"h{level}", HEADINGS["h3"])

    def _has_words(self) -> bool:
        return any(run.text.strip() for run in self.runs)

    def _close(self, element: _Element) -> None:
        tag = element.tag
        self.open_tags[tag] -= 1
        if element.raised and not self.stack[-1].raised:
            self._end_raised(element)
        if element.dropped:
            return
        self._separate_raised(element, " ")
        self.after_code = tag in CODE
        if tag == "table":
            self._close_table()
        elif tag in CELLS | {"tr"} and self.tables:
            self._close_in_table(element)
        elif tag in BLOCKS or tag in HEADINGS or tag in LISTS or tag in ("li", "blockquote"):
            self.end_block()
            self.quotations -= tag == "blockquote" and self.quotations > 0
        if tag in LISTS and self.lists:
            self.lists.pop()
        if tag == "q":
            self.runs.append(Run("”"))

    def _separate_raised(self, element: _Element, sign: str) -> None:
        """Keep numbers in a superscript apart from those in a nested one."""
        if self.raised_words and clipboard_html.raised(element.tag, style_of(element.attributes)):
            self.raised_words.append(sign)

    def _end_raised(self, element: _Element) -> None:
        words, self.raised_words = "".join(self.raised_words), []
        before = self.runs[-1].text[-1:] if self.runs else ""
        if CITATION_NUMBER.fullmatch(words):
            self._add_mark("footnote", {})
        elif words:
            text = raised_text(words, element.raised, before)
            self.runs.append(Run(text, self.stack[-1].bold, self.stack[-1].italic, self.stack[-1].href))

    def _close_in_table(self, element: _Element) -> None:
        self.end_block()
        if self.tables == 1 and element.tag in CELLS and self.cell is not None:
            wide, high = (number_or(element.attributes.get(name, ""), 1) for name in ("colspan", "rowspan"))
            self.table.add_cell(joined(self.cell), wide, high)
            self.cell = None

    def _close_table(self) -> None:
        self.end_block()
        self.tables -= 1
        if not self.tables:
            self.counts["merged cell"] += self.table.merged
            self.blocks += filter(None, [self.table.markdown()])

    # Words

    def handle_data(self, data: str) -> None:
        element = self.stack[-1]
        if element.dropped:
            return
        words = INVISIBLE.sub("", SPACE.sub(" ", data))
        if element.marker:
            self.marker += words
        elif element.raised:
            self.raised_words.append(words)
        elif words:
            self.after_code = False
            self.runs.append(Run(escaped(words), element.bold, element.italic, element.href))

    # Blocks

    def _item_prefix(self, attributes: dict[str, str], style: dict[str, str]) -> str:
        """Return the mark of an item, with the number that the page showed: `value` if the item has its own."""
        level = clipboard_html.item_level(attributes, style) or max(len(self.lists), 1)
        if not self.lists or self.lists[-1][0] < 0:
            return self.levels.prefix(level, None)
        number = number_or(attributes.get("value", ""), self.lists[-1][0])
        self.lists[-1][0] = number + 1
        return self.levels.prefix(level, number)

    def _word_prefix(self) -> str:
        level, self.word_level = self.word_level, 0
        return self.levels.prefix(level, marker_number(self.marker, self.levels.expected(level)))

    def end_block(self) -> None:
        """Turn the collected text into a block, or into part of a table cell."""
        text, note = as_markdown(self._plain_in_heading()), self.note
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n" if self.cell is not None else r"\n\s*\n", text)]
        self.runs, self.note = [], ""
        paragraphs = [paragraph for paragraph in paragraphs if paragraph]
        if note:
            self.counts[note] += 1
        elif paragraphs:
            self._add_blocks(paragraphs)

    def _plain_in_heading(self) -> list[Run]:
        """Return the runs, without bold in a heading, which is bold anyway."""
        return [run._replace(bold=False) for run in self.runs] if self.prefix.startswith("#") else self.runs

    def _add_blocks(self, paragraphs: list[str]) -> None:
        prefix = self._word_prefix() if self.word_level else self.prefix
        self.prefix = ""
        if self.cell is not None:
            mark = prefix.strip() + " " if prefix.strip()[:-1].isdecimal() else ""
            self.cell += [CellPart(mark * (not n) + text, bool(prefix)) for n, text in enumerate(paragraphs)]
            return
        for text in paragraphs:
            self.blocks.append(
                "> " * min(self.quotations, MAX_QUOTATIONS) + (prefix or self._indent()) + _line(text, prefix)
            )
            prefix = ""

    def _indent(self) -> str:
        if not self.lists:
            self.levels.clear()
        return self.levels.continuation(len(self.lists))


def _line(text: str, prefix: str) -> str:
    """Escape the beginning of a paragraph that Markdown would read as a mark."""
    return text if prefix else LINE_MARK.sub(lambda m: f"{m[2]}\\{m[0][len(m[2]) :]}" if m[2] else "\\" + m[0], text)
