"""One stylesheet from several small ones, without a build step: `css/site.css` is found as the parts, one after the other."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/site.css"
PARTS = [
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
    "print",
]


class StylesheetFinder(BaseFinder):
    """Makes `css/site.css` under `.local/` whenever one of its parts is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.ROOT) / "static" / "css"
        self.storage = FileSystemStorage(location=Path(settings.ROOT) / ".local" / "stylesheet")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        made = str(self._make())
        return [made] if find_all else made

    def list(self, ignore_patterns: Any) -> Any:
        self._make()
        yield NAME, self.storage

    def _make(self) -> Path:
        parts = [self.source / f"{name}.css" for name in PARTS]
        made = Path(self.storage.path(NAME))
        if not made.exists() or made.stat().st_mtime < max(part.stat().st_mtime for part in parts):
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text("\n".join(part.read_text() for part in parts))
        return made
