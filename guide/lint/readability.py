"""Readability: word count and Flesch–Kincaid grade in US school years. Pure functions."""

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
MIN_GRADE, MIN_WORDS = 0.0, 20


def plain_prose(markdown: str) -> str:
    """Return the sentences of a text, without tables, headings and marks; medical names become a short word.

    Readers have to learn the medical names, so these must not raise the grade.
    """
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
    """Return the Flesch–Kincaid grade, with estimated syllables, or None if the text is too short."""
    prose = plain_prose(markdown)
    words = WORD.findall(prose)
    if len(words) < MIN_WORDS:
        return None
    sentences = max(1, len(SENTENCE_END.findall(prose)))
    total_syllables = sum(map(syllables, words))
    return max(MIN_GRADE, round(0.39 * len(words) / sentences + 11.8 * total_syllables / len(words) - 15.59, 1))
