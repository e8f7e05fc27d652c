"""Rules for the guide's text beyond what loading needs; each error names its line."""

import re
from collections.abc import Iterator

from guide.lint.sentences import Sentence, blocks, sentences, without_code
from guide.text.located_text import LocatedText
from guide.text.markdown import CALLOUTS

MARK = re.compile(r"\[\^(?!meant\])[^\]]+\]")
STRONG_CLAIM = re.compile(
    r"\d\s?%|\bpercent\b|\b\d[\d,]* (?:in|of|out of) (?:every )?\d|\b(?:halv|doubl|tripl)\w*"
    r"|\b(?:never|always) (?:fail|work)\w*|\btimes (?:as|more|less)\b|\b(?:no|zero) (?:risks?|side effects?|danger)\b"
    r"|\b(?:proven|proves|risk-free|safest|best medicine)\b",
    re.IGNORECASE,
)
GENERAL_KNOWLEDGE = "S0"  # cited in drafts by a claim that still needs a source
LINK = re.compile(r"\]\(([a-z0-9-]+)(?:#[a-z0-9-]+)?\)")
INLINE_BLOCK = re.compile(r"\S\s*\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]|\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]\s*\S")


def structure_errors(text: str) -> list[str]:
    """Return what would display wrongly, as `line N: message`: an unclosed callout, a page block within a sentence."""
    found, opened = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        mark = line.strip()
        if mark.startswith(":::"):
            closes = mark == ":::"
            if not closes and mark.strip(": ").partition(" ")[0] not in CALLOUTS:
                found.append(f"line {number}: there is no such box; write ::: and one of {', '.join(CALLOUTS)}")
            if closes != bool(opened):
                found.append(f"line {opened or number}: this callout has no {'beginning' if closes else 'end'} (:::)")
            opened = 0 if closes else number
        elif INLINE_BLOCK.search(line):
            found.append(f"line {number}: a part must be alone on its line")
    return [*found, f"line {opened}: this callout has no end (:::)"] if opened else found


def unsourced(text: LocatedText) -> Iterator[str]:
    """Yield an error for each claim without a source.

    A source covers the sentences before it, up to the source before, except a claim of numbers or of certainty, which needs
    its own. What follows the last source of a paragraph needs one. Lead-ins that end in a colon and questions claim nothing.
    """
    for block in blocks(without_code(text.text)):
        for sentence in _uncited(block):
            yield f"{place_of(text, sentence.offset)}: no source for “{' '.join(sentence.text.split())[:60]}”"


def _uncited(block: Sentence) -> list[Sentence]:
    found = sentences(block)
    leads_in = block.text.endswith(":")
    last = max((n for n, sentence in enumerate(found) if MARK.search(sentence.text)), default=-1)
    unmarked = [(n, s) for n, s in enumerate(found) if not MARK.search(s.text) and _claims(s)]
    if last < 0:
        return [block] if unmarked and not leads_in else []
    return [s for n, s in unmarked if (n > last and not leads_in) or STRONG_CLAIM.search(s.text)]


def _claims(sentence: Sentence) -> bool:
    return not sentence.text.rstrip().rstrip('*_”"').endswith((":", "?"))


def general_knowledge(text: LocatedText) -> Iterator[str]:
    """Yield an error for each claim that cites general knowledge instead of a source."""
    for mark in re.finditer(rf"\[\^{GENERAL_KNOWLEDGE}\]", text.text):
        yield f"{place_of(text, mark.start())}: general knowledge (S0) isn't a source; find one, or say less"


def place_of(text: LocatedText, offset: int) -> str:
    return f"{text.path.name}:{text.line + text.text.count(chr(10), 0, offset)}"
