import os
import re
import subprocess
import sys

import pytest

ENVIRONMENT = {
    "SECRET_KEY": "x" * 60,
    "NAME_SECRET": "x" * 60,
    "SECOND_FACTOR_KEYS": "x" * 60,
    "ALLOWED_HOSTS": "example.org",
    "DATABASE_URL": "postgres://x@localhost/x",
    "REDIS_URL": "redis://localhost",
    "PRIVATE_ROOT": "/srv/private",
    "EMAIL_HOST": "smtp.example.org",
    "MAIL_FROM": "accounts@example.org",
}


def start(root, **environment):
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", "import config.settings.prod"]
    return subprocess.run(command, env=base | environment, capture_output=True, text=True, check=False)


def test_production_starts_with_everything_it_needs(root):
    assert start(root, **ENVIRONMENT).returncode == 0


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_production_refuses_to_start_without(root, name):
    done = start(root, **{k: v for k, v in ENVIRONMENT.items() if k != name})
    assert done.returncode == 1
    assert f"Set the environment variable {name}" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "x", "SECRET_KEY needs at least 32"),
        ("NAME_SECRET", "short", "NAME_SECRET needs at least 32"),
        ("SECOND_FACTOR_KEYS", f"{'x' * 60},a", "SECOND_FACTOR_KEYS needs at least 32"),
        ("ALLOWED_HOSTS", "*", "without * or spaces"),
        ("ALLOWED_HOSTS", "example.org, .example.com", "without * or spaces"),
    ],
)
def test_production_refuses_weak_secrets_and_open_hosts(root, name, value, complaint):
    done = start(root, **{**ENVIRONMENT, name: value})
    assert done.returncode == 1
    assert complaint in done.stderr


def test_every_variable_that_is_set_somewhere_is_read_somewhere_and_named_in_the_example(root):
    read = set(
        re.findall(r'(?:required\(|environ(?:\.get\(|\[))"([A-Z_]+)"', (root / "config/settings/prod.py").read_text())
    )
    compose = (root / "docker-compose.yml").read_text()
    given = set(re.findall(r"^    ([A-Z_]+):", compose.split("services:")[0], re.MULTILINE))
    asked = set(re.findall(r"\$\{([A-Z_]+)", compose))
    example = set(re.findall(r"^([A-Z_]+)=", (root / ".env.example").read_text(), re.MULTILINE))
    assert given <= read
    assert read | asked <= example
