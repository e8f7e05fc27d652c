"""The part of a thread's address that is made from its title."""

import re
import unicodedata

from django.utils.text import slugify

MAX_LENGTH = 60  # characters
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^0-9A-Za-z]+(?=[0-9])")


def title_slug(title: str) -> str:
    """Return the slug. "1*50 mg" becomes "1-50-mg", and "½" becomes "1-2": no two numbers become one."""
    separate = "".join(f"-{c}-" if c.isnumeric() and not c.isdecimal() else c for c in title)
    slug = slugify(BETWEEN_DIGITS.sub("-", unicodedata.normalize("NFKD", separate)))
    return (
        (slug if len(slug) <= MAX_LENGTH else slug[: MAX_LENGTH + 1].rpartition("-")[0])
        or slug[:MAX_LENGTH]
        or "thread"
    )
