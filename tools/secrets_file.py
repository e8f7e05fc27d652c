"""`make secrets`: write .env from .env.example, with a random value for every secret that is empty.

python -m tools.secrets_file [PATH]

A value that is already in the file is never changed, so the command can be run again after an upgrade.
"""

import os
import re
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / ".env.example"
SECRETS = [
    "SECRET_KEY",
    "NAME_SECRET",
    "SECOND_FACTOR_KEYS",
    "POSTGRES_PASSWORD",
    "OWNER_DATABASE_PASSWORD",
    "SITE_DATABASE_PASSWORD",
    "BACKUP_DATABASE_PASSWORD",
    "REDIS_PASSWORD",
    "METRICS_TOKEN",
]
LINE = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)


def values(text: str) -> dict[str, str]:
    return dict(LINE.findall(text))


def filled_in(example: str, existing: str) -> str:
    """Return the example with the existing values, and with new secrets where there are none."""
    known = values(existing)

    def line(match: re.Match[str]) -> str:
        name, default = match.groups()
        value = known.get(name, default)
        return f"{name}={value or (new_secret() if name in SECRETS else '')}"

    text = LINE.sub(line, example)
    others = [f"{name}={value}" for name, value in known.items() if name not in values(example)]
    return "\n".join([text.rstrip("\n"), *others]) + "\n"


def new_secret() -> str:
    """Return 48 random bytes as letters, digits, - and _, which need no quoting in URLs or shells."""
    return secrets.token_urlsafe(48)


def write(path: Path) -> None:
    """Write the file atomically and so that only its owner can read it."""
    existing = path.read_text() if path.exists() else ""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(filled_in(EXAMPLE.read_text(), existing))
    fresh.replace(path)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".env")
    write(target)
    print(f"{target} has its secrets. Now fill in SITE_ADDRESS, EMAIL_HOST, MAIL_FROM and BACKUP_RECIPIENT.")
