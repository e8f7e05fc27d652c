"""A markdown-it plugin that keeps numbers and signs of quantity as typed.

Markdown reads "1*50 mg" and "2*25 mg" in one paragraph as emphasis and shows "150 mg" and "225 mg". Where a mark can be read
as part of a quantity, these rules leave it in the text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence, list_block, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as emphasis

NUMERAL = r"[\d¼-¾⅐-↉²³¹⁰-⁹₀-₉]"
BEFORE_NUMBER = r"[~≈<>≤≥=±+\-−–—.,$€£]"
NUMBER_STARTS = re.compile(rf"{BEFORE_NUMBER}{{0,3}}{NUMERAL}")
NUMBER_ENDS = re.compile(rf"(?:{NUMERAL}|[%°)])\Z")
# Thai, Burmese, Khmer, Chinese, Japanese and Korean: emphasis has no space beside it where words have none.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD_STARTS, WORD_ENDS = re.compile(rf"[^\W_{UNSPACED}]"), re.compile(rf"[^\W_{UNSPACED}]\Z")
FACTOR_ENDS = re.compile(r"(?:[^\W_]|[%°)\]])\Z")  # what may stand before a times sign and a number
FACTOR_STARTS = re.compile(r"[^\W_]|[(\[]")
SPACED_NUMBER = re.compile(rf" {NUMERAL}")
NUMBER_AND_SPACE = re.compile(rf"{NUMERAL} \Z")
WINDOW = 4  # characters on each side that decide what a star is

COMPARISON = re.compile(rf">(?=[=>]|{BEFORE_NUMBER}{{0,3}}{NUMERAL})")
PLUS_OR_PADDED_NUMBER = re.compile(r"\+(?:\s|$)|0\d+[.)](?:\s|$)")
LANGUAGE = re.compile(r"[ \t]*[A-Za-z]*[ \t]*")
MAX_COLUMNS = 50  # a row is filled up to the columns of its header, so that two of 10,000 would make 20,000 cells
PARAGRAPH = ["paragraph", "reference"]


def quantity_plugin(md: MarkdownIt) -> None:
    """Replace the rules that can remove a digit or a sign, and give each numbered item the number that was typed."""
    md.inline.ruler.at("emphasis", _emphasis)
    md.block.ruler.at("blockquote", _blockquote, {"alt": [*PARAGRAPH, "blockquote", "list"]})
    md.block.ruler.at("list", _list, {"alt": [*PARAGRAPH, "blockquote"]})
    md.block.ruler.at("fence", _fence, {"alt": [*PARAGRAPH, "blockquote", "list"]})
    md.block.ruler.at("table", _table, {"alt": PARAGRAPH})
    md.block.ruler.before("list", "literal_marker", _literal_marker, {"alt": ["list"]})
    md.core.ruler.push("list_numbers", _list_numbers)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Leave stars that can mean "times" in the text."""
    start = end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    if silent or end == start or not _means_times(state.src, start, end):
        return emphasis(state, silent)
    state.append_pending(state.src[start:end])
    state.pos = end
    return True


def _means_times(text: str, start: int, end: int) -> bool:
    """Return whether the stars stand inside a word or a product, or at one side of a space between two numbers.

    Two stars beside a space are always emphasis, as in "**Day 1** 50 mg".
    """
    before, after = text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
    if WORD_ENDS.search(before) and WORD_STARTS.match(after):
        return True
    if (FACTOR_ENDS.search(before) and NUMBER_STARTS.match(after)) or (
        NUMBER_ENDS.search(before) and FACTOR_STARTS.match(after)
    ):
        return True
    spaced = (NUMBER_ENDS.search(before) and SPACED_NUMBER.match(after)) or (
        NUMBER_AND_SPACE.search(before) and NUMBER_STARTS.match(after)
    )
    return end - start == 1 and bool(spaced)


def _blockquote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """End a quotation at the first line without ">", and begin none at a comparison such as ">50 mg" or ">=2".

    In standard Markdown an answer typed on the next line becomes part of the quotation.
    """
    first = _line(state, start)
    if COMPARISON.match(first) or not first.startswith(">") or state.sCount[start] < state.blkIndent:
        return False
    stop, spaced = start + 1, first.startswith("> ")
    while stop < end and state.sCount[stop] >= state.blkIndent and _is_quoted(_line(state, stop), spaced=spaced):
        stop += 1
    lines, state.lineMax = state.lineMax, stop
    found = blockquote(state, start, stop, silent)
    state.lineMax = lines
    return found


def _is_quoted(line: str, *, spaced: bool) -> bool:
    """Return whether a later line belongs to the quotation: after "> lines", with a space, ">50 mg" is a comparison."""
    return line.startswith(">") and not (spaced and COMPARISON.match(line))


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not PLUS_OR_PADDED_NUMBER.match(_line(state, start)) and list_block(state, start, end, silent)


def _literal_marker(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """End a list before a line whose number would lose its zeros. Runs only as a terminator."""
    return silent and bool(PLUS_OR_PADDED_NUMBER.match(_line(state, start)))


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Start no code block at a line whose words would be hidden, such as "~~~50 mg"."""
    words = _line(state, start).lstrip("`~")
    return bool(LANGUAGE.fullmatch(words)) and fence(state, start, end, silent)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Keep cells beyond the columns of the header in the last column, which standard Markdown drops."""
    first = len(state.tokens)
    if _line(state, start).count("|") > MAX_COLUMNS + 1 or not table(state, start, end, silent):
        return False
    columns, row = 0, 0
    cells: list[str] = []
    for token in state.tokens[first:]:
        columns += token.type == "th_open"
        if token.type == "tr_open" and token.map:
            cells, row = _cells(_line(state, token.map[0])), 0
        elif token.type == "td_open":
            row += 1
        elif token.type == "inline" and row == columns and len(cells) > columns > 0:
            token.content = " | ".join(cell.strip() for cell in cells[columns - 1 :])
    return True


def _cells(line: str) -> list[str]:
    cells = escapedSplit(line.strip())
    return cells[cells[:1] == [""] : len(cells) - (cells[-1:] == [""])]


def _line(state: StateBlock, line: int) -> str:
    """Return a line without its indent and without the marks of the blocks around it."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _list_numbers(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", token.info)
