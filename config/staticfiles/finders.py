"""A static files finder that joins stylesheets, and scripts of the same pages, without a build step."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FORUM_PARTS = ["forum", "forum-search", "forum-mention", "forum-triage"]
READING_PARTS = [
    "fonts",
    "tokens",
    "base",
    "layout",
    "components",
    "account-menu",
    "help-lines",
    "diagrams",
    "guide",
    "print",
]
# What each file is made of, in this order. A script stands after those that it imports.
BUNDLES = {
    "css/site.css": READING_PARTS,  # all that articles need
    "css/community.css": ["accounts", *FORUM_PARTS],  # on all other pages
    "css/home-page.css": ["home"],
    "js/every-page.js": ["leave", "stored-text", "site", "help-lines"],
    "js/article-page.js": ["article", "offline-copies", "saved-pages"],
}
IMPORT = re.compile(r'^import \{([^}]+)\} from "\./([\w-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=async |const |function )", re.MULTILINE)


class BundleFinder(BaseFinder):
    """Write the files of BUNDLES below `.local/` whenever one of their parts is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.ROOT) / "static"
        self.storage = FileSystemStorage(location=Path(settings.ROOT) / ".local" / "bundles")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        target = str(self._build(path))
        return [target] if find_all else target

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in BUNDLES:
            self._build(name)
            yield name, self.storage

    def _build(self, name: str) -> Path:
        target = Path(self.storage.path(name))
        parts = [(self.source / name).with_name(f"{part}{target.suffix}") for part in BUNDLES[name]]
        changed = max(path.stat().st_mtime for path in (Path(__file__), *parts))
        if not target.exists() or target.stat().st_mtime < changed:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_joined(parts))
        return target


def _joined(parts: list[Path]) -> str:
    texts = {path.stem: path.read_text() for path in parts}
    return join_scripts(texts) if parts[0].suffix == ".js" else compact("\n".join(texts.values()))


def compact(css: str) -> str:
    """Drop comments and indentation. No string in our stylesheets contains either."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def join_scripts(modules: dict[str, str]) -> str:
    """Make one module of several by name, without whole-line comments and indentation. No string of ours has more than one line.

    Their names share one scope, so each may be declared only once. What they import from other modules is imported once.
    """
    imported: dict[str, set[str]] = defaultdict(set)
    for names, module in IMPORT.findall("".join(modules.values())):
        imported[module] |= {name.strip() for name in names.split(",") if name.strip()}
    imports = [
        f'import {{ {", ".join(sorted(names))} }} from "./{module}.js";'
        for module, names in sorted(imported.items())
        if module not in modules
    ]
    bodies = "\n".join(EXPORT.sub("", IMPORT.sub("", text)) for text in modules.values())
    return re.sub(r"\n\s*", "\n", "\n".join([*imports, re.sub(r"^\s*//.*$", "", bodies, flags=re.MULTILINE)])).strip()
