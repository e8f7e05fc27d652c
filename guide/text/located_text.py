"""A text with the file and line where it stands, for linters."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LocatedText:
    """One text of the guide's content files, or of a revision, with its place."""

    path: Path
    line: int
    where: str
    text: str
