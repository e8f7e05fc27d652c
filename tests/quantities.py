"""Generated doses, and the digits and signs of a text before and after it becomes HTML."""

import random
import re
from collections.abc import Callable, Iterator
from html import unescape

NUMBERS = ["1", "2", "25", "50", "100", "5.0", "4.5", "0.5", "1,000", "½", "¼", "1½", "007", "10²"]
JOINTS = [
    "x",
    "*",
    "×",
    "/",
    "-",
    "–",
    "~",
    "≈",
    "<",
    ">",
    "≤",
    "≥",
    "=",
    "+",
    "±",
    "%",
    " x ",
    " * ",
    " *",
    "* ",
    "**",
    ">=",
    "-+",
]
PREFIXES = ["", "", "", "~", "≈", "<", ">", "≤", "≥", ">=", "<=", "=", "±", "+", "-", "$", "("]
UNITS = ["", " mg", "mg", " mg.In", "%", " tablets", "°"]
# Spaces, letters and Markdown's other marks may change; these may not.
KEPT = re.compile(r"[\d½¼¾⅓²³*×/\-–—~≈<>≤≥=+±%.,]")
LIST_NUMBER = re.compile(r'<li value="(\d+)">')


def doses(count: int, seed: int = 13) -> Iterator[str]:
    """Yield doses such as "1*50 mg", "~50", ">=2" and "1.5-2", in the ways people type them."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = [chance.choice(PREFIXES), chance.choice(NUMBERS)]
        for _ in range(chance.choice([0, 1, 1, 2])):
            pieces += [chance.choice(JOINTS), chance.choice(NUMBERS)]
        yield "".join([*pieces, chance.choice(UNITS)])


def signs(text: str) -> str:
    """Return the digits and signs of a plain text, in order."""
    return "".join(KEPT.findall(text))


def signs_in_html(html: str) -> str:
    """Return the digits and signs that a browser shows, with the numbers of list items."""
    return signs(unescape(re.sub(r"<[^>]*>", "", LIST_NUMBER.sub(r"\1.", html))))


PLAIN: list[Callable[[str], str]] = [
    lambda dose: dose,
    lambda dose: f"I took {dose} at night",
    lambda dose: f"At night {dose}, then {dose} with food, and ({dose}).",
    lambda dose: f"the dose\n{dose}\n{dose} again",
]
# What the author typed, and what of it is text: the rest are marks.
MARKED: list[Callable[[str], tuple[str, str]]] = [
    lambda dose: (f"- at night {dose}\n- then {dose}", f"at night {dose} then {dose}"),
    lambda dose: (f"> they said {dose}\n> {dose}x", f"they said {dose} {dose}x"),
    lambda dose: (f"**word {dose} word** and __{dose}__", f"word {dose} word and {dose}"),
    lambda dose: (f"*word {dose} word* and [so {dose}](/guide/)", f"word {dose} word and so {dose}"),
    lambda dose: (f"3. on day three {dose}\n7. {dose}\n1. {dose}", f"3. on day three {dose} 7. {dose} 1. {dose}"),
    lambda dose: (f"`{dose}`", dose),
]
