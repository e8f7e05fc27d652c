"""`make bench`: measure the processor time of the forum's pages on a temporary PostgreSQL filled with synthetic posts.

python -m tools.bench_forum [--posts 100000] [--threads …] [--giant …] [--rounds 60] [--store]

A page's cost is the processor time of the site and of its database connection, in units: how many times that of a bare view with
one query, which is measured in turns with the pages. So a busy machine slows both, and runs on two machines can be compared.
Prints a table beside the newest run in docs/benchmarks with as many posts, and says what became dearer by more than a tenth. With
--store, writes the run there, and a chart. Exits with 1 if a page of the giant thread costs more than 1.15 times an ordinary one.
"""

import argparse
import io
import json
import os
import random
import re
import statistics
import sys
import time
from datetime import UTC, datetime
from html import unescape
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import django

from tests.postgres_plugin import throw_away_database
from tools.bench_chart import chart

RUNS = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
DEARER = 1.1
OLDER = re.compile(r'href="(\?[^"]*before=[^"]+)"')
MAX_RATIO = 1.15  # to an ordinary page


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--threads", type=int, help="default: one for every twelve posts")
    parser.add_argument("--giant", type=int, help="posts in the giant thread; default: a tenth of all")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--store", action="store_true", help="write the run to docs/benchmarks")
    chosen = parser.parse_args()
    chosen.giant = chosen.giant or chosen.posts // 10
    chosen.threads = chosen.threads or chosen.posts // 12
    return chosen


def prepare(chosen):
    """Load the guide and a synthetic forum into the database; return the giant thread."""
    from django.core.management import call_command

    from forum.management.synthetic import Size, fill
    from forum.models import Thread

    for command in ("migrate", "load_guide", "load_forum", "load_triage"):
        call_command(command, verbosity=0)
    started = time.perf_counter()
    giant = fill(Size(chosen.threads, chosen.posts, chosen.giant))
    print(f"{chosen.posts:,} posts in {chosen.threads:,} threads, {chosen.giant:,} of them in one: ", end="")
    print(f"created in {time.perf_counter() - started:.0f} s.\n", flush=True)
    return Thread.objects.get(pk=giant)


class Browser:
    """Requests pages from the site itself, without a server between. Visitors have no cookie."""

    def __init__(self, handler, user=None):
        from django.conf import settings
        from django.test import Client

        self.handler, self.cookie = handler, ""
        if user:
            client = Client()
            client.force_login(user)
            self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def get(self, url):
        path, _, query = url.partition("?")
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": self.cookie}
        environ |= {
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
        }
        environ |= {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"}
        status = []
        answer = self.handler(environ, lambda code, headers, *rest: status.append(code))
        body = b"".join(answer)
        answer.close()
        assert status[0].startswith("200"), (url, status)
        return body


def bare_site():
    """The unit: a site without middleware, whose one view renders the rows of one query."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.template import engines

    from forum.models import Category

    template = engines["django"].from_string(
        "{% for row in rows %}<p>{{ row.title }} {{ row.purpose }}</p>{% endfor %}"
    )

    class Bare(WSGIHandler):
        def load_middleware(self, is_async=False):
            self._middleware_chain = lambda request: HttpResponse(template.render({"rows": Category.objects.all()}))

    return Bare()


class Cases:
    """Requests by name. Each call requests another page of its kind, so that the same rows are not always cached."""

    def __init__(self, giant, rounds):
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        from accounts.models import User
        from forum.models import Category, Thread
        from forum.threads.pagination import PER_PAGE

        site, chance = get_wsgi_application(), random.Random(1)
        ordinary = Thread.objects.exclude(pk=giant.pk).filter(last_position__gte=PER_PAGE, last_position__lt=200)
        self.threads = cycle([t.get_absolute_url() for t in ordinary.order_by("?")[:rounds]])
        self.replies = cycle([f"{t.get_absolute_url()}reply/" for t in ordinary.order_by("?")[:rounds]])
        self.giant, self.last = giant.get_absolute_url(), giant.last_position // PER_PAGE
        self.middle = cycle([self.last // 2 + chance.randint(-self.last // 5, self.last // 5) for _ in range(rounds)])
        people = User.objects.filter(email__startswith="synthetic-").order_by("pk")[10:40]
        self.visitor, self.unit = Browser(site), Browser(bare_site())
        self.members, self.writers = cycle([Browser(site, user) for user in people]), []
        for user in people:
            self.writers.append(Client())
            self.writers[-1].force_login(user)
        self.writers = cycle(self.writers)
        self.category = Category.objects.order_by("pk")[0]

    def older(self, pages):
        """Return the URL and number of a category's page, up to `pages` pages down."""
        start = url = self.category.get_absolute_url()
        number = 1
        while number < pages and (older := OLDER.search(self.visitor.get(url).decode())):
            url, number = start + unescape(older[1]), number + 1
        return url, number

    def requests_by_name(self):
        far, number = self.older(500)
        list_url = self.category.get_absolute_url()

        def get(url):
            return self.visitor.get(url)

        def member(url):
            return next(self.members).get(url)

        def page(n):
            return f"{self.giant}?page={n}"

        return {
            "unit": lambda: self.unit.get("/"),
            "liveness": lambda: get("/health/live"),
            "forum index": lambda: get("/forum/"),
            "list, page 1": lambda: get(list_url),
            f"list, page {number}": lambda: get(far),
            "thread": lambda: get(next(self.threads)),
            "thread, from the cache": lambda: get(self.giant),
            "thread, giant, first page": lambda: get(page(1)),
            "thread, giant, middle": lambda: get(page(next(self.middle))),
            "thread, giant, last page": lambda: get(page(self.last)),
            "feed of a category": lambda: get(f"{list_url}new.atom"),
            "search, every third post": lambda: get("/search/?in=forum&q=walk"),
            "search, no post": lambda: get("/search/?in=forum&q=xylophone"),
            "article": lambda: get("/guide/side-effects/"),
            "comparison": lambda: get("/guide/compare/"),
            "whole guide": lambda: get("/guide/print/"),
            "member: forum index": lambda: member("/forum/"),
            "member: list": lambda: member(list_url),
            "member: thread": lambda: member(next(self.threads)),
            "member: thread, giant, middle": lambda: member(page(next(self.middle))),
            "member: my posts": lambda: member("/forum/mine/"),
            "member: reply": lambda: self.reply(next(self.replies)),
            "member: reply, giant": lambda: self.reply(f"{self.giant}reply/"),
        }

    def reply(self, url):
        data = {"body": f"Thank you for this, {uuid4()}.", "key": uuid4()}
        response = next(self.writers).post(url, data)
        assert "/forum/mine/" in response["Location"], response["Location"]


def processor_time(backend):
    """Return the seconds of processor time of this process and of its database connection."""
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def milliseconds(name, case, backend):
    from django.core.cache import caches

    if "from the cache" not in name:
        caches["pages"].clear()
    started = processor_time(backend)
    case()
    return (processor_time(backend) - started) * 1000


def queries(name, case):
    from django.core.cache import caches
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if "from the cache" in name:
        case()
    else:
        caches["pages"].clear()
    with CaptureQueriesContext(connection) as caught:
        case()
    return len(caught)


def measure(cases, rounds):
    """Return the median milliseconds of each page. Each round requests every page once, in random order."""
    from django.db import connection

    connection.ensure_connection()
    backend, taken, names = connection.connection.info.backend_pid, {name: [] for name in cases}, list(cases)
    for number in range(-3, rounds):  # three rounds to warm up
        random.shuffle(names)
        for name in names:
            if "reply" in name and number % 5:
                continue  # members can send only twenty posts per hour
            if "from the cache" in name:
                cases[name]()
            found = milliseconds(name, cases[name], backend)
            if number >= 0:
                taken[name].append(found)
    return {name: statistics.median(each) for name, each in taken.items()}


def last_run(posts):
    """Return the newest stored run with as many posts, or an empty one."""
    runs = [json.loads(path.read_text()) for path in sorted(RUNS.glob("*.json"), reverse=True)]
    return next((run for run in runs if run["posts"] == posts), {"units": {}})


def store(run):
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"{run['at'][:16].replace(':', '')}-{run['posts']}.json").write_text(json.dumps(run, indent=1) + "\n")
    (RUNS / "latest.svg").write_text(chart(run["units"], f"{run['posts']:,} posts, {run['at'][:10]}"))


def report(run, before):
    print(f"| {'page':<31} | units | before | ms of CPU | queries |")
    print(f"|{'-' * 33}|{'-' * 6}:|{'-' * 7}:|{'-' * 10}:|{'-' * 8}:|")
    for name, units in run["units"].items():
        old = before["units"].get(name)
        print(
            f"| {name:<31} | {units:>5.2f} | {f'{old:.2f}' if old else '':>6} | {run['ms'][name]:>9.1f} "
            f"| {run['queries'][name]:>7} |"
        )
    dearer = [name for name, units in run["units"].items() if units > before["units"].get(name, units) * DEARER]
    print(f"\nDearer by more than a tenth than the run before: {', '.join(dearer) or 'none'}.")


def worst_ratio(units):
    """Return the highest ratio of a page of the giant thread to an ordinary thread's."""
    pairs = [(n, "member: thread" if n.startswith("member") else "thread") for n in units if "thread, giant" in n]
    return max(units[name] / units[ordinary] for name, ordinary in pairs)


def main():
    chosen = options()
    with throw_away_database() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.bench")
        django.setup()
        from django.db import connections

        cases = Cases(prepare(chosen), chosen.rounds).requests_by_name()
        numbers = {name: queries(name, case) for name, case in cases.items()}
        medians = measure(cases, chosen.rounds)
        connections.close_all()
    units = {name: round(median / medians["unit"], 2) for name, median in medians.items()}
    run = {
        "at": datetime.now(UTC).isoformat(),
        "posts": chosen.posts,
        "units": units,
        "ms": medians,
        "queries": numbers,
    }
    report(run, last_run(chosen.posts))
    if chosen.store:
        store(run)
    ratio = worst_ratio(units)
    print(f"The dearest page of the giant thread costs {ratio:.2f} times an ordinary one (limit {MAX_RATIO}).")
    return int(ratio > MAX_RATIO)


if __name__ == "__main__":
    sys.exit(main())
