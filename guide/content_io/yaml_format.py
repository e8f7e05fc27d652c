"""The one form in which the guide's files are written, so that a change of one word is a change of one line. A leaf."""

import re
from decimal import Decimal
from typing import Any

import yaml

WIDTH = 120  # characters of a line that is folded; texts of several lines keep the lines that their editor gave them
FENCE = "---\n"
# Characters that only a quoted text can hold; and an article's front matter ends at the first line that ends with ---,
# so no text may look like that end.
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]|---")
PARAGRAPH = re.compile(r"\S+( \S+)*\n?")
Row = dict[str, Any]


class Folded(str):
    """One paragraph, whose line ends mean nothing."""

    __slots__ = ()


class Keys(list[str]):
    """Short names, on one line: [S1, S6]."""


class _Form(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Two rows may cite the same list; a reader of the file should see it twice."""
        return True


def _text(form: _Form, text: str) -> yaml.ScalarNode:
    return form.represent_scalar("tag:yaml.org,2002:str", str(text), _style(text))


def _style(text: str) -> str | None:
    """A paragraph is folded, several lines stand as they are, and what neither form can hold is quoted."""
    if ODD.search(text):
        return '"'
    if PARAGRAPH.fullmatch(text) and (isinstance(text, Folded) or len(text) > WIDTH):
        return ">"
    return "|" if "\n" in text else '"' if len(text) > WIDTH else None


def _number(form: _Form, number: Decimal) -> yaml.ScalarNode:
    whole = number == number.to_integral_value()
    kind, shown = ("int", str(int(number))) if whole else ("float", str(number.normalize()))
    return form.represent_scalar(f"tag:yaml.org,2002:{kind}", shown)


def _keys(form: _Form, keys: Keys) -> yaml.SequenceNode:
    return form.represent_sequence("tag:yaml.org,2002:seq", keys, flow_style=True)


_Form.add_representer(str, _text)
_Form.add_representer(Folded, _text)
_Form.add_representer(Decimal, _number)
_Form.add_representer(Keys, _keys)


def as_yaml(value: Any) -> str:
    """UTF-8 text, keys in the order of the rows, one blank nowhere: the same value is always the same text."""
    return yaml.dump(value, Dumper=_Form, sort_keys=False, allow_unicode=True, width=WIDTH)


def as_article(front: Row, body: str) -> str:
    """An article's file: what is about it, and its Markdown."""
    return f"{FENCE}{as_yaml(front)}{FENCE}{body.strip()}\n"


def without_empty(row: Row, *optional: str) -> Row:
    """The row without those optional fields that say nothing; what is left out is read as empty again."""
    return {name: value for name, value in row.items() if name not in optional or value not in ("", None, [])}
