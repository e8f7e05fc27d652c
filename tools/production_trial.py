"""Run the whole production setup on this machine, without containers.

The processes, their settings and their rights are those of docker-compose.yml: PostgreSQL with its four roles, PgBouncer,
two Redis servers, two sites, two workers, Caddy with TLS. Mail goes to a sink. The data is in .local/production-trial
and starts empty each time.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tools import secrets_file
from tools.embedded_postgres import EmbeddedPostgres, die_with_parent

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".local" / "production-trial"
PATIENCE = 90  # seconds to wait for a process that doesn't answer
SITES, WORKERS = ("site-a", "site-b"), ("worker-a", "worker-b")
ARCHIVING = ("archive_mode=on", "archive_timeout=60")
KEEP = 'test ! -f "{0}/%f" && cp "%p" "{0}/%f.new" && mv "{0}/%f.new" "{0}/%f"'
Process = subprocess.Popen[bytes]
Environment = dict[str, str]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class MailSink:
    """An SMTP handler that stores messages. `answer` is the reply to each, `pause` the seconds before it."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.answer, self.pause = "250 OK", 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        time.sleep(self.pause)
        if self.answer.startswith("250"):
            self.received.append(BytesParser().parsebytes(envelope.content))
        return self.answer


class ProductionTrial:
    """The production processes of one machine. Use it as a context manager."""

    def __init__(self, home: Path = HOME) -> None:
        self.home = home
        names = ["postgres", "replica", "recovered", "pgbouncer", "limits", "pages", "mail", "proxy", *SITES]
        self.ports = {name: free_port() for name in names}
        self.address = f"https://localhost:{self.ports['proxy']}"
        self.processes: dict[str, Process] = {}
        self.mail = MailSink()
        self.database: EmbeddedPostgres
        self.environment: Environment
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "ProductionTrial":
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    # Starting

    def _start(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "logs").mkdir(parents=True)
        (self.home / "private").mkdir(mode=0o700)
        secrets_file.write(self.home / ".env")
        self.environment = self._environment()
        self.start_mail()
        self._start_database()
        self._stack.callback(self._stop_all)
        self.start("limits")
        self.start("pages")
        self.start("pgbouncer")
        for command in ("collectstatic --no-input -v0", "migrate -v0", "load_guide", "load_triage", "load_forum"):
            self.manage(*command.split(), role="owner")
        for name in (*SITES, *WORKERS, "proxy"):
            self.start(name)
        self.wait_for("/health/live", site="site-a")
        self.wait_for("/health/live", site="site-b")
        self.wait_for("/about/")

    def _environment(self) -> Environment:
        """Return the variables of .env, as if its owner had filled them in for this machine."""
        values = secrets_file.values((self.home / ".env").read_text())
        ports = self.ports
        redis = f"redis://:{values['REDIS_PASSWORD']}@127.0.0.1"
        here = {
            "SITE_ADDRESS": self.address,
            "INTERNAL_HOSTS": "localhost,127.0.0.1",
            "REDIS_URL": f"{redis}:{ports['limits']}/0",
            "PAGES_REDIS_URL": f"{redis}:{ports['pages']}/0",
            "SITE_UPSTREAMS": " ".join(f"127.0.0.1:{ports[name]}" for name in SITES),
            "ERROR_PAGES": str(ROOT / "templates"),
            "PRIVATE_ROOT": str(self.home / "private"),
            "STATIC_ROOT": str(self.home / "static"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(ports["mail"]),
            "EMAIL_USE_TLS": "0",
        }
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TZ")}
        production = {"DJANGO_SETTINGS_MODULE": "config.settings.prod", "PYTHONPATH": str(ROOT)}
        return {**inherited, **values, **here, **production}

    def database_url(self, role: str, *, server: str = "postgres") -> str:
        password = self.environment[f"{role.upper()}_DATABASE_PASSWORD"]
        return f"postgres://{role}:{password}@127.0.0.1:{self.ports[server]}/site"

    def _start_database(self) -> None:
        self.database = self._new_database()
        self.database.delete()
        shutil.rmtree(self.archive, ignore_errors=True)
        self.start_database()
        self._stack.callback(self.stop_database)
        self.administer_database("postgres/roles.sh")

    def administer_database(self, script: str, **environment: str) -> None:
        """Run a script of deploy/ as the administrator of the database."""
        server = {"PGHOST": str(self.database.socket_folder), "PGPORT": str(self.ports["postgres"])}
        self.script(script, **server, POSTGRES_USER="app", **environment)

    def _new_database(self, name: str = "postgres") -> EmbeddedPostgres:
        return EmbeddedPostgres(self.home / name, tcp_port=self.ports[name], settings=["max_connections=60"])

    def start_database(self) -> None:
        """Start the server. It archives what it writes, as docs/operations.md describes it."""
        self.database = self._new_database()
        self.archive.mkdir(parents=True, exist_ok=True)
        if user := self.database.identity:
            shutil.chown(self.archive, user["user"], user["group"])
        self.database.settings = [*self.database.settings, *ARCHIVING, f"archive_command={KEEP.format(self.archive)}"]
        self.database.start()

    @property
    def archive(self) -> Path:
        """The folder of archived WAL files, which the server's user can reach."""
        return self.database.home.parent / f"{self.database.home.name}-archive"

    def stop_database(self) -> None:
        self.database.stop()

    def kill_database(self) -> None:
        """Kill the server, as a power failure would."""
        assert self.database.process
        self.database.process.kill()
        self.database.stop()

    def copy_database(self, name: str, *options: str) -> EmbeddedPostgres:
        """Copy the database while it runs, for a server that isn't started yet."""
        copy = self._new_database(name)
        copy.delete()
        copy.home.mkdir(parents=True, exist_ok=True)
        user = self.database.identity
        if user:
            shutil.chown(copy.home, user["user"], user["group"])
        source = f"host={self.database.socket_folder} port={self.ports['postgres']} user=app"
        command = [str(self.database.bin / "pg_basebackup"), "-d", source, "-D", str(copy.data), "-c", "fast", *options]
        subprocess.run(command, check=True, cwd="/", env=self.environment, **user)
        self._stack.callback(copy.stop)
        return copy

    def start_replica(self) -> EmbeddedPostgres:
        """Start a server that follows the database. The sites use it after a restart."""
        replica = self.copy_database("replica", "-R", "-X", "stream").start()
        self.environment["REPLICA_URL"] = self.database_url("site", server="replica")
        return replica

    def start_mail(self) -> None:
        self.controller = Controller(self.mail, hostname="127.0.0.1", port=self.ports["mail"])
        self.controller.start()
        self._stack.callback(self.stop_mail)

    def stop_mail(self) -> None:
        with contextlib.suppress(AssertionError):  # it was stopped before
            self.controller.stop()

    def start(self, name: str) -> None:
        """Start one process of the setup, or start it again."""
        command, environment, user = self._command(name)
        with (self.home / "logs" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd="/" if user else ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),
                **user,
            )
        if name in self.ports:
            self._wait_for_port(name)

    def _command(self, name: str) -> tuple[list[str], Environment, Mapping[str, Any]]:
        if name in SITES:
            return self._site(name)
        if name in WORKERS:
            direct = {"DATABASE_URL": self.database_url("site"), "DATABASE_IS_POOLED": "0", "WORKER_NAME": name}
            return [sys.executable, str(ROOT / "manage.py"), "worker"], direct, {}
        return {"limits": self._redis, "pages": self._redis, "pgbouncer": self._pgbouncer, "proxy": self._caddy}[name](
            name
        )

    def _site(self, name: str) -> tuple[list[str], Environment, Mapping[str, Any]]:
        counts = self.home / name
        shutil.rmtree(counts, ignore_errors=True)
        counts.mkdir()
        pooled = {
            "DATABASE_URL": self.database_url("site", server="pgbouncer"),
            "DATABASE_IS_POOLED": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(counts),
        }
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn_settings"]
        return [*gunicorn, "--bind", f"127.0.0.1:{self.ports[name]}", "config.wsgi"], pooled, {}

    def _redis(self, name: str) -> tuple[list[str], Environment, Mapping[str, Any]]:
        policy = "noeviction" if name == "limits" else "allkeys-lru"
        here = ["bind 127.0.0.1", f"port {self.ports[name]}", "maxmemory 64mb", f"maxmemory-policy {policy}"]
        return ["sh", str(ROOT / "deploy" / "redis" / "start.sh"), *here], {}, {}

    def _pgbouncer(self, name: str) -> tuple[list[str], Environment, Mapping[str, Any]]:
        """PgBouncer refuses to run as root, so it runs as the database's user."""
        folder = self.database.home / "pgbouncer"
        folder.mkdir(exist_ok=True)
        user = self.database.identity
        if user:
            shutil.chown(folder, user["user"], user["group"])
        here = {
            "PGBOUNCER_FOLDER": str(folder),
            "PGBOUNCER_ADDRESS": "127.0.0.1",
            "PGBOUNCER_PORT": str(self.ports[name]),
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(self.ports["postgres"]),
            "PGBOUNCER": shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:" + self.environment["PATH"])
            or "pgbouncer",
        }
        script = (ROOT / "deploy" / "pgbouncer" / "start.sh").read_text()  # the user may not read this folder
        return ["bash", "-c", script], here, user

    def _caddy(self, name: str) -> tuple[list[str], Environment, Mapping[str, Any]]:
        written = self.home / "Caddyfile"
        written.write_text(caddyfile())
        here = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home)}
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(written)], here, {}

    def replace_site(self, name: str) -> None:
        """Stop a site and start it again, as a deployment does; return once the proxy sends requests to it again."""
        self.stop(name)
        self.start(name)
        self.wait_for("/health/live", site=name)
        deadline = time.monotonic() + PATIENCE
        while not self._serves_readers(name):
            if time.monotonic() > deadline:
                raise SystemExit(f"The proxy sends nothing to {name}; see {self.home / 'logs'}.")
            time.sleep(0.5)

    def _serves_readers(self, name: str) -> bool:
        """Ask for a page, and look whether the site has answered anything but health checks since its start."""
        self.get("/about/")
        token = {"Authorization": f"Bearer {self.environment['METRICS_TOKEN']}"}
        metrics = self.get("/health/metrics", site=name, headers=token)[1]
        return bool(re.search(r'site_request_seconds_count\{view="(?!health)', metrics))

    # Commands and requests

    def manage(self, *arguments: str, role: str = "site", given: str | None = None, **also: str) -> str:
        """Run a manage.py command as a role of the database and return what it printed."""
        direct = {"DATABASE_URL": self.database_url(role), "DATABASE_IS_POOLED": "0"}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        environment = {**self.environment, **direct, **also}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def script(self, name: str, *arguments: str, **environment: str) -> str:
        """Run a script of deploy/ with the clients of PostgreSQL on its path, and return what it printed."""
        path = f"{self.database.bin}:{self.environment['PATH']}"
        command = ["bash", str(ROOT / "deploy" / name), *arguments]
        done = subprocess.run(
            command, env={**self.environment, "PATH": path, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def get(
        self, path: str, *, site: str | None = None, headers: Mapping[str, str] = {}, timeout: float = 20
    ) -> tuple[int, str]:
        """Ask the proxy, or one site behind it. Return the status and the text."""
        address = f"http://127.0.0.1:{self.ports[site]}" if site else self.address
        request = urllib.request.Request(address + path, headers=dict(headers))
        context = None if site else self.tls()
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def tls(self) -> ssl.SSLContext:
        """Trust the proxy's own certificate authority and no other."""
        return ssl.create_default_context(cafile=str(self.home / "caddy/pki/authorities/local/root.crt"))

    def wait_for(self, path: str, *, status: int = 200, site: str | None = None) -> None:
        deadline, last = time.monotonic() + PATIENCE, "nothing"
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                last = str(self.get(path, site=site)[0])
                if last == str(status):
                    return
            time.sleep(0.2)
        raise SystemExit(f"{site or 'proxy'}{path} answered {last} instead of {status}; see {self.home / 'logs'}.")

    def _wait_for_port(self, name: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.processes[name].poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[name]), timeout=1):
                return
            time.sleep(0.05)
        raise SystemExit(f"{name} did not start; see {self.home / 'logs' / name}.log.")

    # Stopping

    def stop(self, name: str, number: int = signal.SIGTERM) -> None:
        """End one process and wait until it has ended."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number) if number != signal.SIGKILL else os.killpg(process.pid, number)
        process.wait(PATIENCE)

    def _stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def caddyfile() -> str:
    """Return the project's file for the installed Caddy, which must not install its certificate on this machine."""
    printed = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    version = tuple(map(int, re.findall(r"\d+", printed)[:2]))
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    text = text.replace("{\n", "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n", 1)
    if version < (2, 7):  # which names buffers otherwise
        text = text.replace("request_buffers 12MiB", "buffer_requests")
        text = text.replace("response_buffers 12MiB", "buffer_responses\n\t\tmax_buffer_size 12MiB")
    return text
