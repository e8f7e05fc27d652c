import pytest

from forum.text.markdown import render
from forum.text.unicode_sanitizer import has_visible_characters, strip_unsafe_characters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x08\x0b\x9f\ufdd0\ufffe\U0010ffffb", "ab"),
        ("safe\u202eevil\u202c", "safeevil"),
        ("\u2067\u2066a\u2069", "a"),
        ("Z" + "\u0301" * 300, "Z" + "\u0301" * 4),
        ("Việt Nam, ệ, שָׁלוֹם, กี่, 👩‍👩‍👧", "Việt Nam, ệ, שָׁלוֹם, กี่, 👩‍👩‍👧"),
    ],
)
def test_lines_are_not_turned_round_and_nothing_stands_over_others(text, shown):
    assert strip_unsafe_characters(text) == shown
    assert render(text) == f"<p>{shown}</p>\n"


@pytest.mark.parametrize("text", ["a", "7", "?", "🙂", "ش", "\u200ba"])
def test_what_can_be_seen(text):
    assert has_visible_characters(text) is True


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u2800", "\u200f\u2060\ufeff", "\u0301"])
def test_what_leaves_no_trace(text):
    assert has_visible_characters(text) is False
