"""Codes of six words, by which a visitor finds a question again.

A code is made from the random key of the form that was sent, so that a second click shows the same one. Neither the key nor
the code is stored, and the post's own key doesn't reveal them.
"""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

LENGTH = 6  # words: 61 bits
LINES = Path(__file__).with_name("words.txt").read_text().splitlines()
WORDS = " ".join(line for line in LINES if not line.startswith("#")).split()
KNOWN = frozenset(WORDS)


def make_code(form_key: UUID) -> str:
    """Return the code of the question that is sent with this form."""
    number = int(_keyed_hash("code", form_key.hex), 16)
    words = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(WORDS))
        words.append(WORDS[place])
    return " ".join(words)


def post_key(form_key: UUID) -> UUID:
    """Return the key of the post, by which a second click is recognized."""
    return UUID(_keyed_hash("post", form_key.hex)[:32])


def hash_code(code: str) -> str:
    return _keyed_hash("stored", code)


def normalize_code(typed: str) -> str:
    """Return the words in lower case with single spaces between them, however they were separated."""
    return " ".join(re.findall(r"[a-z]+", typed.lower()))


def unknown_words(code: str) -> list[str]:
    """Return the words that are in no code. The list of words is public, so naming them tells nothing."""
    return [word for word in code.split() if word not in KNOWN]


def _keyed_hash(purpose: str, value: str) -> str:
    salt = f"forum.visitor_questions.{purpose}"
    return salted_hmac(salt, value, secret=settings.NAME_SECRET, algorithm="sha256").hexdigest()
