"""What the files of production promise: rights, limits, networks and pinned packages."""

import re

import pytest
import yaml

BESIDE_THE_DATABASE = set("migrate site-a site-b worker-a worker-b pooler db limits pages backup restore".split())
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


@pytest.fixture
def services(root):
    return yaml.safe_load((root / "docker-compose.yml").read_text())["services"]


def networks(service):
    return set(service.get("networks", ["default"]))


def test_no_container_can_write_its_image_or_gain_rights(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["pids_limit"] and service["mem_limit"] and service["cpus"], name
    assert {name: service["cap_add"] for name, service in services.items() if "cap_add" in service} == {
        "proxy": ["NET_BIND_SERVICE"]
    }


def test_the_proxy_cannot_reach_the_database_and_the_sites_cannot_reach_the_internet(services):
    assert {name for name, service in services.items() if "data" in networks(service)} == BESIDE_THE_DATABASE
    assert networks(services["proxy"]) == {"front", "outside"}
    assert networks(services["site-a"]) == networks(services["site-b"]) == {"front", "data"}
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}


def test_the_site_is_neither_the_administrator_nor_the_owner_of_its_tables(services):
    def role(name):
        return re.match(r"postgres://(\w+):", services[name]["environment"]["DATABASE_URL"])[1]

    assert {role(name) for name in ("site-a", "site-b", "worker-a", "worker-b")} == {"site"}
    assert (role("migrate"), role("restore"), role("backup")) == ("owner", "owner", "backup")
    assert "pooler:6432" in services["site-a"]["environment"]["DATABASE_URL"]
    assert "db:5432" in services["worker-a"]["environment"]["DATABASE_URL"]  # its locks need a session


def test_no_secret_has_a_default(root):
    text = (root / "docker-compose.yml").read_text()
    secrets = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEYS)\w*)([^}]*)\}", text))
    assert {name for name, rest in secrets if not rest.startswith(":?")} == {"EMAIL_HOST_PASSWORD"}


def test_every_image_is_pinned_by_its_digest(root, services):
    images = [service["image"] for service in services.values() if not service["image"].startswith("getnaltrexone")]
    for file in (root / "Dockerfile", *(root / "deploy").glob("*/Dockerfile")):
        images += re.findall(r"^FROM (\S+)", file.read_text(), re.MULTILINE)
    assert len(images) == 7
    assert [image for image in images if not re.search(r":[\w.-]+@sha256:[0-9a-f]{64}$", image)] == []


def test_the_lock_holds_every_package_with_hashes(root):
    wanted = dict(PIN.findall((root / "requirements.txt").read_text()))
    lock = (root / "requirements.lock").read_text()
    locked = {name.lower(): version for name, version in PIN.findall(lock)}
    assert {name: locked.get(name.lower()) for name in wanted} == wanted, "Run `make lock`."
    assert locked.keys() >= {"cryptography", "asgiref", "sqlparse"}
    assert len(re.findall(r"==\S+ \\\n    --hash=sha256:", lock)) == len(locked)
    assert "psycopg" not in locked, "Django would switch to it silently."
    assert "RUN pip install --no-cache-dir --require-hashes -r requirements.lock" in (root / "Dockerfile").read_text()


def test_the_images_hold_no_database_server_for_development(root):
    assert "pgserver" not in (root / "requirements.lock").read_text()
