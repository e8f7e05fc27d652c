"""A static files finder that concatenates the stylesheets in PARTS into `css/site.css`, without a build step."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/site.css"
PARTS = [
    "fonts",
    "tokens",
    "base",
    "layout",
    "components",
    "help-lines",
    "accounts",
    "diagrams",
    "forum",
    "forum-search",
    "forum-mention",
    "forum-triage",
    "guide",
    "home",
    "print",
]


class StylesheetFinder(BaseFinder):
    """Write `css/site.css` below `.local/` whenever one of its parts is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.ROOT) / "static" / "css"
        self.storage = FileSystemStorage(location=Path(settings.ROOT) / ".local" / "stylesheet")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        target = str(self._build())
        return [target] if find_all else target

    def list(self, ignore_patterns: Any) -> Any:
        self._build()
        yield NAME, self.storage

    def _build(self) -> Path:
        parts = [self.source / f"{name}.css" for name in PARTS]
        target = Path(self.storage.path(NAME))
        changed = max(path.stat().st_mtime for path in (Path(__file__), *parts))
        if not target.exists() or target.stat().st_mtime < changed:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(compact("\n".join(part.read_text() for part in parts)))
        return target


def compact(css: str) -> str:
    """Drop comments and indentation. No string in our stylesheets contains either."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
