"""How long and how hard a text is: words, and the Flesch–Kincaid grade in US school years. A leaf."""

import re
from functools import lru_cache

MEDICAL = re.compile(
    r"\b(naltrexone|buprenorphine|methadone|disulfiram|acamprosate|vivitrol|naloxone|kratom|tramadol|codeine|loperamide"
    r"|opioids?|medicines?|clinicians?|prescribers?|injections?|withdrawal|alcohol|pharmac\w+|emergency|pregnan\w+"
    r"|breastfeeding|antagonists?|tolerance|overdoses?|fibromyalgia|eosinophilic|pneumonia|anaphylaxis)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]es|[^dtaeiouy]ed|[^laeiouy]e)$")
EASIEST, FEWEST = 0.0, 20  # no grade below 0; nothing is said of a text with fewer words


def plain_prose(markdown: str) -> str:
    """The sentences of a text; tables, headings, marks and medical names (which readers must meet) do not count."""
    text = re.sub(r"\[\^[^\]]*\]|\[\[.*?\]\]|^:::.*$|^#+.*$|^\|.*$", " ", markdown, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+(.*?)\.?$", r"\1.", text, flags=re.MULTILINE)
    return MEDICAL.sub("pill", re.sub(r"[*_]", "", text))


def count_words(markdown: str) -> int:
    return len(plain_prose(markdown).split())


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    word = word.lower()
    return max(1, len(VOWELS.findall(word)) - bool(SILENT.search(word)))


def grade(markdown: str) -> float | None:
    """The Flesch–Kincaid grade, by a rule of thumb for syllables; nothing for a text too short to say."""
    prose = plain_prose(markdown)
    words = WORD.findall(prose)
    if len(words) < FEWEST:
        return None
    sentences = max(1, len(SENTENCE_END.findall(prose)))
    spoken = sum(map(syllables, words))
    return max(EASIEST, round(0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59, 1))
