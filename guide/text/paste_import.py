"""Convert HTML pasted from Word or a web page to the guide's Markdown, without fetching anything.

It converts headings, paragraphs, lists, tables, bold, italics, quotations and links; everything else becomes plain text.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

DROPPED = {
    "style",
    "script",
    "head",
    "title",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "xml",
    "o:p",
    "select",
}
BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "figure", "figcaption", "address", "dt", "dd"}
HEADINGS = {"h1": "## ", "h2": "## ", "h3": "### ", "h4": "### ", "h5": "### ", "h6": "### "}
BOLD, ITALIC, LINK = "\x02", "\x03", "\x01"  # placeholders for marks until the text around them is known
MARKS = {"b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC}
MAX_URL_LENGTH = 2000
MAX_NUMBER_LENGTH = 9  # digits; Markdown reads no more as the number of an item
SUPERSCRIPT = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
RAISED = {"sup": SUPERSCRIPT, "sub": SUBSCRIPT}  # without them, 10<sup>2</sup> would become 102
LISTS = {"ul", "ol"}
CELLS = {"td", "th"}
# Characters with a meaning in Markdown, except in our own citations.
SPECIAL = re.compile(r"(\[\^(?:S\d{1,4}|site|meant|CHECK \d{4}-\d\d-\d\d)\])|([\\`*_\[\]<>])")
LINE_MARK = re.compile(r"^(#{1,6}\s|[-+]\s|:::|\||~~~|(\d+)([.)])\s)")
WORD_NUMBER = re.compile(r"^\s*[(]?(\d+|[a-z]|[ivx]+)[.)]", re.IGNORECASE)
EMPTY_MARK = re.compile(r"([\x02\x03])(\s*)\1")
LOOSE_MARK = re.compile(r"([\x02\x03])(\s*)([^\x02\x03]+?)(\s*)\1")

# Marks around a part of a word, which Word often writes; Markdown would show them, as in "5**0**".
INSIDE_WORD = re.compile(r"(?<=[^\W_])([\x02\x03])([^\x02\x03]*)\1|([\x02\x03])([^\x02\x03]*)\3(?=[^\W_])")


def to_markdown(html: str) -> str:
    """Convert HTML from the clipboard to clean Markdown."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return _tighten_lists("\n\n".join(reader.blocks)).strip() + "\n" if reader.blocks else ""


def _tighten_lists(text: str) -> str:
    """Remove the empty lines between the items of a list."""
    item = r"(?: *(?:- |\d+\. )[^\n]*)"
    return re.sub(rf"(^{item})\n\n(?={item})", r"\1\n", text, flags=re.MULTILINE)


def _escaped(words: str) -> str:
    return SPECIAL.sub(lambda m: m[1] or "\\" + m[2], words)


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_LENGTH else default


class _Reader(HTMLParser):
    """Read the HTML once and collect paragraphs, headings, items and tables in `blocks`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.words = ""
        self.prefix = ""
        self.dropping = 0
        self.quoting = 0
        self.lists: list[list[int]] = []  # the next number of each open list; -1 where it has bullets
        self.links: list[str] = []
        self.rows: list[list[str]] = []
        self.in_table = 0
        self.marker = ""  # the bullet or number that Word wrote before an item
        self.raised: list[str] = []  # the open <sup> and <sub>
        self.word_number = 0  # of the last numbered item that Word wrote
        self.ignoring: list[bool] = []  # whether each open span is such a marker

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in DROPPED:
            self.dropping += 1
        elif tag == "span":
            self.ignoring.append("mso-list:ignore" in found.get("style", "").lower().replace(" ", ""))
        elif tag in RAISED:
            self.raised.append(tag)
        elif tag == "br":
            self.words += " "
        elif tag in MARKS:
            self.words += MARKS[tag]
        elif tag == "a":
            self.open_link(found.get("href", ""))
        else:
            self.open_block(tag, found)

    def open_block(self, tag: str, found: dict[str, str]) -> None:
        if self.in_table and tag in CELLS:
            self.words = ""
        elif tag == "tr" and self.in_table:
            self.rows.append([])
        elif tag == "table":
            self.end_block()
            self.in_table += 1
        elif tag in LISTS:
            self.end_block()
            self.lists.append([_number(found.get("start", ""), 1) if tag == "ol" else -1])
        elif not self.in_table and (tag in BLOCKS or tag in HEADINGS or tag in ("li", "blockquote")):
            self.begin_words(tag, found)

    def begin_words(self, tag: str, found: dict[str, str]) -> None:
        if tag == "li":
            self.end_block()
            self.prefix = self.item_prefix(found.get("value", ""))
        elif tag in HEADINGS:
            self.end_block()
            self.prefix = HEADINGS[tag]
        elif "mso-list:" in found.get("style", "").lower().replace(" ", ""):
            self.end_block()
            self.prefix = "word"
        elif self.words.strip() or not self.lists:
            self.end_block()
        self.quoting += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self.dropping = max(0, self.dropping - 1)
        elif tag == "span" and self.ignoring:
            self.ignoring.pop()
        elif tag in MARKS:
            self.words += MARKS[tag]
        elif tag in RAISED and self.raised:
            self.raised.pop()
        elif tag == "a" and self.links:
            self.close_link(self.links.pop())
        elif tag in CELLS and self.in_table:
            (self.rows or [[]])[-1].append(" ".join(_tidy_marks(self.words).split()).replace("|", "\\|"))
            self.words = ""
        elif tag == "table" and self.in_table:
            self.close_table()
        elif not self.in_table and (tag in BLOCKS or tag in HEADINGS or tag in LISTS or tag in ("li", "blockquote")):
            self.close_block(tag)

    def close_block(self, tag: str) -> None:
        self.end_block()
        if tag in LISTS and self.lists:
            self.lists.pop()
        self.quoting = max(0, self.quoting - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        if self.dropping:
            return
        if any(self.ignoring):
            self.marker += data
        else:
            data = data.translate(RAISED[self.raised[-1]]) if self.raised else data
            self.words += _escaped(re.sub(r"[\s\x00-\x1f]+", " ", data))

    def open_link(self, href: str) -> None:
        address = urlsplit(href.strip()) if len(href) < MAX_URL_LENGTH else urlsplit("")
        outside = address.scheme in ("http", "https") and address.netloc
        self.links.append(href.strip().replace(" ", "%20").replace("(", "%28").replace(")", "%29") if outside else "")
        self.words += LINK

    def close_link(self, href: str) -> None:
        before, _, label = self.words.rpartition(LINK)
        self.words = before + (f"[{label.strip()}]({href})" if href and label.strip() else label)

    def item_prefix(self, value: str) -> str:
        """Return the mark of an item, with the number that the page showed: `value` if the item has its own."""
        if not self.lists:
            return "- "
        indent, number = "  " * (len(self.lists) - 1), self.lists[-1]
        if number[0] < 0:
            return indent + "- "
        number[0] = _number(value, number[0]) + 1
        return f"{indent}{number[0] - 1}. "

    def word_prefix(self) -> str:
        """Return the mark for an item of Word: its own number; letters and Roman numerals are counted."""
        marker = WORD_NUMBER.match(self.marker)
        self.word_number = _number(marker[1], self.word_number + 1) if marker else 0
        return f"{self.word_number}. " if marker else "- "

    def close_table(self) -> None:
        self.in_table -= 1
        rows, self.rows, self.words = [row for row in self.rows if any(row)], [], ""
        if not rows:
            return
        wide = max(map(len, rows))
        drawn = ["| " + " | ".join([*row, *[""] * (wide - len(row))]) + " |" for row in rows]
        self.blocks.append("\n".join([drawn[0], "|" + "---|" * wide, *drawn[1:]]))

    def end_block(self) -> None:
        """Turn the collected text into a block."""
        words = " ".join(_tidy_marks(self.words).split())
        prefix, self.words = self.prefix, ""
        if not words:
            return
        self.prefix = ""
        self.word_number = self.word_number if prefix == "word" else 0
        if prefix == "word":
            prefix, self.marker = self.word_prefix(), ""
        if not prefix:
            words = LINE_MARK.sub(lambda m: f"{m[2]}\\{m[0][len(m[2]) :]}" if m[2] else "\\" + m[0], words)
        if prefix.startswith("#"):
            words = words.replace("**", "")
        self.blocks.append("> " * self.quoting + prefix + words)


def _tidy_marks(words: str) -> str:
    """Move spaces out of marks, since “** bold **” is not bold, and drop empty or unbalanced marks."""
    words = words.replace(LINK, "").replace("\u00a0", " ")
    for _ in range(2):
        words = EMPTY_MARK.sub(r"\2", words)
    for mark in (BOLD, ITALIC):
        if words.count(mark) % 2:  # opened in one paragraph and closed in another
            words = words.replace(mark, "")
    words = LOOSE_MARK.sub(r"\2\1\3\1\4", words)
    words = INSIDE_WORD.sub(lambda m: m[2] or m[4], words)
    return words.replace(BOLD, "**").replace(ITALIC, "*")
