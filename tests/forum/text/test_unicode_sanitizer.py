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
def test_bidi_overrides_and_stacked_marks_are_removed(text, shown):
    assert strip_unsafe_characters(text) == shown
    assert render(text) == f"<p>{shown}</p>\n"


@pytest.mark.parametrize("text", ["a", "7", "?", "🙂", "ش", "\u200ba"])
def test_visible_texts_are_recognized(text):
    assert has_visible_characters(text) is True


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u2800", "\u200f\u2060\ufeff", "\u0301"])
def test_invisible_texts_are_recognized(text):
    assert has_visible_characters(text) is False
