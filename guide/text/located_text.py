"""A text with its file and line, for error messages."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LocatedText:
    """A text of a content file or a revision, with its location."""

    path: Path
    line: int
    where: str
    text: str
