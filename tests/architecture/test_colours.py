"""Colors have plain values for light mode and one block for dark mode."""

import re
from pathlib import Path

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
COLOUR = re.compile(r"(--[a-z-]+): (?:#|rgb)")


def test_no_style_sheet_asks_for_a_function_that_older_phones_do_not_know():
    assert [f.name for f in CSS.glob("*.css") if re.search(r"light-dark\((?!\))", f.read_text())] == []


def test_every_colour_has_a_dark_twin():
    light, dark = (CSS / "tokens.css").read_text().split("@media screen and (prefers-color-scheme: dark)")
    assert set(COLOUR.findall(light)) == set(COLOUR.findall(dark))
