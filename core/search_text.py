"""Fold text for full-text search, in an index and in a query alike.

Phones and word processors type ’ “ ” – — for ' " -. PostgreSQL's parser splits “flat”, beer–wine and don’t into different
words, and its dictionaries don't know that “café” and “cafe” are the same.
"""

import re
import unicodedata

from django.db.models import F, Func, TextField

APOSTROPHES = "’‘ʼ‛′´`"
DOUBLE_QUOTES = "“”„‟«»"
SEPARATORS = f"{DOUBLE_QUOTES}‹›–—―…-‐‑‒−/<>"  # PostgreSQL drops <b and c> as a tag
# One character for each, so that positions in the folded text are those in the original.
MARKS = str.maketrans(APOSTROPHES + SEPARATORS, "'" * len(APOSTROPHES) + " " * len(SEPARATORS))
ACCENTS = re.compile("[\u0300-\u036f]")
HYPHENATED = re.compile(r"(?<!\S)-(\w+(?:-\w+)+)")  # a compound after a minus sign: -long-acting

_PLAIN = "''" * len(APOSTROPHES) + " " * len(SEPARATORS)
PLAIN_MARKS_SQL = f"translate({{}}, '{APOSTROPHES}{SEPARATORS}', '{_PLAIN}')"
FOLD_SQL = rf"regexp_replace(normalize({PLAIN_MARKS_SQL}, NFKD), '[\u0300-\u036f]', '', 'g')"


def plain_marks(text: str) -> str:
    """Return the text, of the same length, with straight apostrophes and with spaces for dashes and quotation marks."""
    return text.translate(MARKS)


def fold(text: str) -> str:
    """Return the text with plain marks and without accents."""
    return ACCENTS.sub("", unicodedata.normalize("NFKD", plain_marks(text)))


def fold_query(query: str) -> str:
    """Fold a query in web search syntax: keep "exact words" and the minus sign before a word."""
    straight = re.sub(f"[{DOUBLE_QUOTES}]", '"', query)
    straight = HYPHENATED.sub(lambda found: '-"{}"'.format(found[1].replace("-", " ")), straight)
    return " ".join(_fold_word(word) for word in re.split(r"\s", straight))


def _fold_word(word: str) -> str:
    sign = re.match(r'-?"?', word)
    opening = sign[0] if sign else ""
    closing = '"' if word[len(opening) :].endswith('"') else ""
    return opening + fold(word[len(opening) :].removesuffix('"')) + closing


def folded(name: str) -> Func:
    """Return the expression that folds a column as `fold` does."""
    return Func(F(name), template=FOLD_SQL.format("%(expressions)s"), output_field=TextField())


def with_plain_marks(text: F | Func) -> Func:
    """Return the expression that replaces marks as `plain_marks` does."""
    return Func(text, template=PLAIN_MARKS_SQL.format("%(expressions)s"), output_field=TextField())
