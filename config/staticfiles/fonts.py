"""A static files finder that subsets two font families from pip packages into small WOFF2 files.

The families reserve the name "Source" for unmodified fonts (OFL, section 3), so the subsets have names of their own.
"""

import fcntl
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# Basic Latin and Latin-1, which has Spanish, and the signs that the guide and the interface use.
CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "ı–—‘’“”„•…‑™€−≈≤≥×←↑→↓⁄′″₀₁₂₃✓")]
FAMILY_NAME_IDS = (1, 3, 4, 6, 16)
LICENSE_NAME_IDS = (0, 13, 14)


class Family(NamedTuple):
    name: str
    package: str  # a pip package with the files and the license
    file: str
    axes: dict[str, float | tuple[float, float]]  # a value, or the range that stays variable
    features: list[str]  # OpenType features that stay

    @property
    def source(self) -> Path:
        return Path(str(files(self.package.replace("-", "_")) / "files" / self.file))

    @property
    def license(self) -> Path:
        return Path(str(files(self.package.replace("-", "_")) / "LICENSE"))


FAMILIES = {
    "guide-sans": Family(
        "Guide Sans",
        "fontpkg-source-sans-3",
        "SourceSans3[wght].ttf",
        {"wght": (400, 700)},
        ["kern", "liga", "sups", "tnum"],
    ),
    "guide-serif": Family(
        "Guide Serif",
        "fontpkg-source-serif-4",
        "SourceSerif4[opsz,wght].ttf",
        {"opsz": 24, "wght": 600},
        ["kern", "liga"],
    ),
}


class FontFinder(BaseFinder):
    """Write `fonts/<family>.woff2` and its license below `.local/`, again when this module or a package is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=Path(settings.ROOT) / ".local" / "fonts")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in _names():
            return []
        target = str(self._build(path))
        return [target] if find_all else target

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in _names():
            self._build(name)
            yield name, self.storage

    def _build(self, name: str) -> Path:
        target = Path(self.storage.path(name))
        family = FAMILIES[target.stem]
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_suffix(".lock").open("w") as lock:  # subsetting takes seconds: others wait for its result
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists() or target.stat().st_mtime < _changed(family):
                _write(family, target)
        return target


def _names() -> list[str]:
    return [f"fonts/{stem}{suffix}" for stem in FAMILIES for suffix in (".woff2", ".txt")]


def _changed(family: Family) -> float:
    return max(path.stat().st_mtime for path in (Path(__file__), family.source))


def _write(family: Family, target: Path) -> None:
    if target.suffix == ".txt":
        target.write_bytes(family.license.read_bytes())
        return
    part = target.with_suffix(".part")
    subset(family).save(part)
    part.replace(target)


def subset(family: Family) -> TTFont:
    """Return the family with our characters, features and weights only, under its own name."""
    font = TTFont(family.source)
    names = [*FAMILY_NAME_IDS, *LICENSE_NAME_IDS]
    options = Options(layout_features=family.features, hinting=False, name_IDs=names)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, family.axes)
    for number in FAMILY_NAME_IDS:
        font["name"].setName(family.name, number, 3, 1, 0x409)
    font["name"].setName(f"{family.name} {version(family.package)}", 3, 3, 1, 0x409)
    font.flavor = "woff2"
    return font
