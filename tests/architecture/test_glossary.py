"""Names in the application use no retired words of docs/glossary.md."""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
APPLICATION = ["config", "core", "accounts", "guide", "forum", "tools", "templates", "static"]
RETIRED = re.compile(r"`(?P<word>\w+)`(?: \((?P<limits>[^)]+)\))?(?: → `(?P<instead>\w+)`)?")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ODD_STEM = re.compile(
    r"(?!rendering|testing|settings|pricing|embedding)\w+ing|beside|around|apart|within|upon|about|between"
)


class Term(NamedTuple):
    """A row of the glossary."""

    name: str
    meaning: str
    files: str
    retired: str


class Retired(NamedTuple):
    """A retired word. `folder` is empty if it is retired everywhere."""

    word: str
    instead: str
    whole: bool
    folder: str


class Place(NamedTuple):
    """A name and where it is defined; files are relative to the root."""

    file: str
    line: int
    name: str


def glossary() -> list[Term]:
    rows = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    return [Term(*(cell.strip() for cell in row.strip("|").split("|"))) for row in rows[1:]]


def retired_words() -> list[Retired]:
    return [_retired(match, term.name) for term in glossary() for match in RETIRED.finditer(term.retired)]


def _retired(match: re.Match[str], instead: str) -> Retired:
    limits = [limit.strip() for limit in (match["limits"] or "").split(",")]
    folders = [limit.removeprefix("in ") + "/" for limit in limits if limit.startswith("in ")]
    return Retired(match["word"], match["instead"] or instead, "whole name" in limits, "".join(folders))


def application_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", *APPLICATION], cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if (ROOT / file).exists() and "/migrations/" not in file]


def names() -> Iterator[Place]:
    for file in application_files():
        path = Path(file)
        if path.suffix in {".py", ".html", ".txt", ".css", ".js"}:
            yield from (Place(file, 1, part) for part in (*path.parent.parts, path.stem))
        if path.suffix == ".py":
            found = {Place(file, *name) for name in defined_in(ast.parse((ROOT / file).read_text()))}
            yield from sorted(found)


def defined_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the names that a module defines, but not names it uses from elsewhere."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.keyword(arg="related_name", value=ast.Constant(value=str(name))):
                yield node.value.lineno, name
            case ast.Call(func=ast.Name(id="path" | "re_path")):
                yield from _url_name(node)


def _url_name(call: ast.Call) -> Iterator[tuple[int, str]]:
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg="name", value=ast.Constant(value=str(name))):
                yield call.lineno, name


def uses(place: Place, retired: Retired) -> bool:
    if not place.file.startswith(retired.folder):
        return False
    if retired.whole:
        return place.name == retired.word
    said, word = parts_of(place.name), parts_of(retired.word)
    plural = [*word[:-1], word[-1] + "s"]
    starts = range(len(said) - len(word) + 1)
    return any(said[i : i + len(word)] in (word, plural) for i in starts)


@cache
def parts_of(name: str) -> list[str]:
    """Split a name into words: “OldRoom”, “old_room” and “old-room” give the same."""
    return [part.lower() for part in WORD.findall(name)]


def test_the_glossary_says_one_thing_of_each_term_and_where_it_lives():
    terms = glossary()
    assert len(terms) == 56
    assert sorted({t.name for t in terms}) == sorted(t.name for t in terms)
    files = {file: term.name for term in terms for file in re.findall(r"`([^`]+)`", term.files)}
    assert {name: file for file, name in files.items() if not (ROOT / file).exists()} == {}


def test_no_term_of_the_glossary_is_retired():
    terms = {" ".join(parts_of(term.name)) for term in glossary()}
    assert [r.word for r in retired_words() if not r.folder and " ".join(parts_of(r.word)) in terms] == []


def test_names_use_no_retired_word():
    retired = retired_words()
    by_part = defaultdict(list)  # most names share no part with a retired word
    for each in retired:
        first = parts_of(each.word)[0]
        by_part[first].append(each)
        by_part[f"{first}s"].append(each)
    found = {
        (place, r.word, r.instead)
        for place in names()
        for part in set(parts_of(place.name))
        for r in by_part.get(part, ())
        if uses(place, r)
    }
    lines = [f"{file}:{line} {name}: {word} → {instead}" for (file, line, name), word, instead in sorted(found)]
    assert not lines, f"{len(lines)} names use a retired word of docs/glossary.md:\n" + "\n".join(lines)


def test_no_module_is_named_by_a_gerund_or_a_preposition():
    modules = [Path(file) for file in application_files() if file.endswith(".py")]
    odd = [str(module) for module in modules if ODD_STEM.fullmatch(module.stem)]
    assert not odd, f"{len(odd)} modules want a noun for a name:\n" + "\n".join(odd)


def test_the_check_finds_a_retired_word_in_every_kind_of_name():
    code = """
class OldRoom:
    room_id = 1
    def rooms(self, room, *, in_room): self.room = None
path("x/", view, name="room-list")
key = Key(related_name="rooms")
"""
    room = Retired("room", "category", whole=False, folder="")
    found = [name for _, name in defined_in(ast.parse(code)) if uses(Place("forum/x.py", 1, name), room)]
    assert sorted(found) == sorted(["OldRoom", "room_id", "rooms", "room", "in_room", "room", "room-list", "rooms"])
    assert not uses(Place("forum/x.py", 1, "bedroom"), room)
    assert not uses(Place("guide/x.py", 1, "room"), room._replace(folder="forum/"))
    assert not uses(Place("forum/x.py", 1, "Rooms"), room._replace(whole=True))
