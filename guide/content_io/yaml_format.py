"""Canonical YAML for the content files, so that changing one word changes one line."""

import re
from decimal import Decimal
from typing import Any

import yaml

WIDTH = 120  # of folded lines; a text with line breaks keeps its own lines
FENCE = "---\n"
# Characters that need quotes; also ---, since an article's front matter ends at the first line that ends with it.
NEEDS_QUOTES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]|---")
PARAGRAPH = re.compile(r"\S+( \S+)*\n?")
Row = dict[str, Any]


class Folded(str):
    """One paragraph, in which line breaks have no meaning."""

    __slots__ = ()


class Keys(list[str]):
    """A list of short names, written on one line: [S1, S6]."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Write a list that two rows share twice, for the reader of the file."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), _style(text))


def _style(text: str) -> str | None:
    """Fold a paragraph, write several lines literally, and quote everything else."""
    if NEEDS_QUOTES.search(text):
        return '"'
    if PARAGRAPH.fullmatch(text) and (isinstance(text, Folded) or len(text) > WIDTH):
        return ">"
    return "|" if "\n" in text else '"' if len(text) > WIDTH else None


def _number(dumper: _Dumper, number: Decimal) -> yaml.ScalarNode:
    whole = number == number.to_integral_value()
    kind, shown = ("int", str(int(number))) if whole else ("float", str(number.normalize()))
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", shown)


def _keys(dumper: _Dumper, keys: Keys) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", keys, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Folded, _text)
_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(Keys, _keys)


def as_yaml(value: Any) -> str:
    """Return YAML with keys in their given order; the same value always gives the same text."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def as_article(front: Row, body: str) -> str:
    """Return an article's file: front matter and Markdown."""
    return f"{FENCE}{as_yaml(front)}{FENCE}{body.strip()}\n"


def without_empty(row: Row, *optional: str) -> Row:
    """Return the row without empty optional fields; the reader fills them in as empty again."""
    return {name: value for name, value in row.items() if name not in optional or value not in ("", None, [])}
