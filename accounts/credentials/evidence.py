"""Validate uploaded evidence: PDF, PNG or JPEG files. What is stored is a plain copy that is safe to open.

Only the content counts, not the name or type sent with it. The copy is made by a process of its own
(evidence_converter.py), one at a time, so that no file can take the site's memory.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from accounts.credentials import evidence_converter as converter
from core import isolated_program

MAX_BYTES = 10 * 1024 * 1024  # bytes
CONVERTER = Path(converter.__file__)
MAX_SECONDS = 30  # for one file
MAX_WAIT = 5  # seconds for another file; longer waiting would take the site's threads

UNSUPPORTED_TYPE = "Choose a PDF, PNG or JPEG file."
DAMAGED = "We can’t read this file. It may be damaged or incomplete. Please create it again, or take a photo instead."
PROTECTED_PDF = "This PDF has a password. Print it to a new PDF and choose that one."
TOO_MANY_PAGES = f"This PDF has more than {converter.MAX_PAGES} pages. Choose the pages that show your license."
TOO_BIG = "This file is larger than 10 MB. An ordinary photo or a PDF of a few pages is enough."
TOO_MANY_PIXELS = "This picture is too large to check. Choose one with fewer than 13 million pixels."
BUSY = "We’re checking another file right now. Please choose your file again and send it in a minute."
REFUSALS = {
    converter.TOO_MANY_PIXELS: TOO_MANY_PIXELS,
    converter.TOO_MANY_PAGES: TOO_MANY_PAGES,
    converter.PASSWORD: PROTECTED_PDF,
}
KINDS = {  # of a file, by its first bytes: its type and the end of its name
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
}


class InvalidEvidence(ValueError):
    """The file is refused; the message is for its sender."""


@dataclass(frozen=True)
class ValidatedFile:
    """A safe file with its detected type."""

    content: bytes
    content_type: str
    suffix: str


def validate(data: bytes) -> ValidatedFile:
    """Return the file as it will be stored. Raises InvalidEvidence with a message for the sender."""
    if len(data) > MAX_BYTES:
        raise InvalidEvidence(TOO_BIG)
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise InvalidEvidence(UNSUPPORTED_TYPE)
    return ValidatedFile(_copy(data), *kind)


def _copy(data: bytes) -> bytes:
    """Return the plain copy."""
    try:
        done = isolated_program.run(CONVERTER, data, seconds=MAX_SECONDS, wait=MAX_WAIT)
    except isolated_program.Busy as error:
        raise InvalidEvidence(BUSY) from error
    except subprocess.TimeoutExpired as error:
        raise InvalidEvidence(DAMAGED) from error
    if done.returncode:
        raise InvalidEvidence(REFUSALS.get(done.returncode, DAMAGED))
    if len(done.stdout) > MAX_BYTES:
        raise InvalidEvidence(TOO_BIG)
    return done.stdout
