"""The stored files of pictures, below PRIVATE_ROOT: only a view that knows which ones are published reads them."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from guide.models.pictures import TYPES, PictureFile, parse_file


def folder_of(digest: str) -> Path:
    return Path(settings.PRIVATE_ROOT) / "pictures" / digest


def store(file: PictureFile, contents: dict[str, bytes]) -> None:
    """Write all files of a picture at once. Do nothing if they exist: their name is a hash of their content."""
    folder = folder_of(file.digest)
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    for name, content in contents.items():
        (made / name).write_bytes(content)
    try:
        made.rename(folder)
    except OSError:  # another request stored the same picture meanwhile
        shutil.rmtree(made)


def is_stored(name: str) -> bool:
    file = parse_file(name)
    return bool(file and path_of(file.digest, file.width, file.suffix))


def path_of(digest: str, width: int, suffix: str) -> Path | None:
    """Return the path of one file, or None if there is none."""
    path = folder_of(digest) / f"{width}.{suffix}"
    return path if suffix in TYPES and digest.isalnum() and path.is_file() else None


def widest(name: str) -> bytes:
    """Return the widest JPEG or PNG of a picture, from which the others can be made again."""
    file = parse_file(name)
    path = path_of(file.digest, file.width, file.suffix) if file else None
    if path is None:
        raise FileNotFoundError(name)
    return path.read_bytes()
