import os
import re
import subprocess
import sys

import pytest

ENVIRONMENT = {
    "SECRET_KEY": "x" * 60,
    "NAME_SECRET": "x" * 60,
    "SECOND_FACTOR_KEYS": "x" * 60,
    "SITE_ADDRESS": "https://example.org",
    "DATABASE_URL": "postgres://x@localhost/x",
    "REDIS_URL": "redis://localhost",
    "PAGES_REDIS_URL": "redis://localhost",
    "PRIVATE_ROOT": "/srv/private",
    "EMAIL_HOST": "smtp.example.org",
    "MAIL_FROM": "accounts@example.org",
}


def start(root, script="import config.settings.prod", **environment):
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=base | environment, capture_output=True, text=True, check=False)


def test_production_starts_with_everything_it_needs(root):
    assert start(root, **ENVIRONMENT).returncode == 0


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_production_refuses_to_start_without(root, name):
    done = start(root, **{k: v for k, v in ENVIRONMENT.items() if k != name})
    assert done.returncode == 1
    assert f"Set the environment variable {name}" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SECRET_KEY", "x", "SECRET_KEY needs at least 32 characters"),
        ("NAME_SECRET", "short", "NAME_SECRET needs at least 32 characters"),
        ("SECOND_FACTOR_KEYS", "x" * 60 + ",a", "SECOND_FACTOR_KEYS needs at least 32 characters"),
        ("SITE_ADDRESS", "*", "should be like https://guide.example.org"),
        ("SITE_ADDRESS", "https://*", "should be like https://guide.example.org"),
        ("SITE_ADDRESS", "http://example.org", "should be like https://guide.example.org"),
        ("SITE_ADDRESS", "https://example.org/forum", "should be like https://guide.example.org"),
    ],
)
def test_production_refuses_weak_secrets_and_vague_addresses(root, name, value, problem):
    assert problem in start(root, **ENVIRONMENT | {name: value}).stderr


def test_the_address_in_mail_does_not_depend_on_the_names_of_the_private_network(root):
    script = "from config.settings.prod import *; print(SITE_ADDRESS, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS)"
    names = {"SITE_ADDRESS": "https://example.org:8443", "INTERNAL_HOSTS": "localhost,site-a"}
    assert start(root, script, **ENVIRONMENT | names).stdout == (
        "https://example.org:8443 ['example.org', 'localhost', 'site-a'] ['https://example.org:8443']\n"
    )


def test_every_variable_that_is_set_somewhere_is_read_somewhere_and_named_in_the_example(root):
    settings = "".join((root / f"config/settings/{name}.py").read_text() for name in ("base", "prod"))
    read = set(re.findall(r'(?:required\(|secret\(|address\(|environ(?:\.get\(|\[))"([A-Z_]+)"', settings))
    compose = (root / "docker-compose.yml").read_text()
    shared = compose.split("x-environment:")[1].split("x-web:")[0]
    given = set(re.findall(r"^  ([A-Z_]+):", shared, re.MULTILINE))
    asked = set(re.findall(r"\$\{([A-Z_]+)", compose))
    example = set(re.findall(r"^([A-Z_]+)=", (root / ".env.example").read_text(), re.MULTILINE))
    assert given <= read
    assert read | asked <= example
