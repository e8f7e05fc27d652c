"""`make bench`: benchmark forum pages on a temporary PostgreSQL filled with synthetic posts.

python -m tools.bench_forum [--posts 100000] [--threads …] [--giant …] [--rounds 100]

Print the median milliseconds and the queries of each page, uncached. Exit with 1 if a page of the giant thread takes more
than 1.15 times as long as one of an ordinary thread. Pages are requested in turn, so that a busy machine slows all equally.
"""

import argparse
import os
import random
import re
import statistics
import sys
import time
from html import unescape
from itertools import cycle
from uuid import uuid4

import django

from tests.postgres_plugin import throw_away_database

OLDER = re.compile(r'href="(\?[^"]*before=[^"]+)"')
MAX_RATIO = 1.15  # to an ordinary page


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--threads", type=int, help="default: one for every twelve posts")
    parser.add_argument("--giant", type=int, help="posts in the giant thread; default: a tenth of all")
    parser.add_argument("--rounds", type=int, default=100)
    chosen = parser.parse_args()
    chosen.giant = chosen.giant or chosen.posts // 10
    chosen.threads = chosen.threads or chosen.posts // 12
    return chosen


def prepare(chosen):
    """Load the guide and a synthetic forum into the database; return the giant thread."""
    from django.conf import settings
    from django.core.management import call_command

    from forum.management.synthetic import Size, fill
    from forum.models import Thread

    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["*"]
    for command in ("migrate", "load_guide", "load_forum"):
        call_command(command, verbosity=0)
    started = time.perf_counter()
    giant = fill(Size(chosen.threads, chosen.posts, chosen.giant))
    print(f"{chosen.posts:,} posts in {chosen.threads:,} threads, {chosen.giant:,} of them in one: ", end="")
    print(f"created in {time.perf_counter() - started:.0f} s.\n", flush=True)
    return Thread.objects.get(pk=giant)


class Cases:
    """Requests by name. Each call requests another page of its kind, so that the same rows are not always cached."""

    def __init__(self, giant, rounds):
        from django.test import Client

        from accounts.models import User
        from forum.models import Category, Thread
        from forum.threads.pagination import PER_PAGE

        chance = random.Random(1)
        ordinary = Thread.objects.exclude(pk=giant.pk).filter(last_position__gte=PER_PAGE, last_position__lt=200)
        self.threads = cycle([t.get_absolute_url() for t in ordinary.order_by("?")[:rounds]])
        self.replies = cycle([f"{t.get_absolute_url()}reply/" for t in ordinary.order_by("?")[:rounds]])
        self.giant, self.last = giant.get_absolute_url(), giant.last_position // PER_PAGE
        self.middle = cycle([self.last // 2 + chance.randint(-self.last // 5, self.last // 5) for _ in range(rounds)])
        self.visitor = Client()
        people = User.objects.filter(email__startswith="synthetic-").order_by("pk")[10:40]
        self.members = cycle([self._logged_in_client(user) for user in people])
        self.category = Category.objects.order_by("pk")[0]

    def _logged_in_client(self, user):
        from django.test import Client

        client = Client()
        client.force_login(user)
        return client

    def older(self, pages):
        """Return the URL and number of a category's page, up to `pages` pages down."""
        start = url = self.category.get_absolute_url()
        number = 1
        while number < pages and (older := OLDER.search(self.visitor.get(url).content.decode())):
            url, number = start + unescape(older[1]), number + 1
        return url, number

    def requests_by_name(self):
        far, number = self.older(500)
        get, member, page = (
            self.visitor.get,
            lambda url: next(self.members).get(url),
            lambda n: f"{self.giant}?page={n}",
        )
        return {
            "index": lambda: get("/forum/"),
            "list, page 1": lambda: get(self.category.get_absolute_url()),
            f"list, page {number}": lambda: get(far),
            "thread, ordinary": lambda: get(next(self.threads)),
            "thread, giant, first page": lambda: get(page(1)),
            "thread, giant, middle": lambda: get(page(next(self.middle))),
            "thread, giant, last page": lambda: get(page(self.last)),
            "search, every third post": lambda: get("/search/?in=forum&q=walk"),
            "search, no post": lambda: get("/search/?in=forum&q=xylophone"),
            "member: list": lambda: member(self.category.get_absolute_url()),
            "member: thread, ordinary": lambda: member(next(self.threads)),
            "member: thread, giant, middle": lambda: member(page(next(self.middle))),
            "member: my posts": lambda: member("/forum/mine/"),
            "member: reply, ordinary": lambda: self.reply(next(self.replies)),
            "member: reply, giant": lambda: self.reply(f"{self.giant}reply/"),
        }

    def reply(self, url):
        data = {"body": f"Thank you for this, {uuid4()}.", "key": uuid4()}
        response = next(self.members).post(url, data)
        assert "/forum/mine/" in response["Location"], response["Location"]
        return response


def milliseconds(case):
    from django.core.cache import cache

    cache.clear()
    started = time.perf_counter()
    response = case()
    taken = (time.perf_counter() - started) * 1000
    assert response.status_code in (200, 302), response.status_code
    return taken


def queries(case):
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        case()
    return len(caught)


def measure(cases, rounds):
    """Return the median of each page. Each round requests every page once, in random order."""
    taken = {name: [] for name in cases}
    names = list(cases)
    for number in range(-3, rounds):  # three rounds to warm up
        random.shuffle(names)
        for name in names:
            if "reply" in name and number % 5:
                continue  # members can send only twenty posts per hour
            found = milliseconds(cases[name])
            if number >= 0:
                taken[name].append(found)
    return {name: statistics.median(each) for name, each in taken.items()}


def main():
    chosen = options()
    with throw_away_database() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        django.setup()
        from django.db import connections

        cases = Cases(prepare(chosen), chosen.rounds).requests_by_name()
        numbers = {name: queries(case) for name, case in cases.items()}
        medians = measure(cases, chosen.rounds)
        connections.close_all()
    print(f"| {'page':<31} | {'ms':>6} | queries |\n|{'-' * 33}|{'-' * 7}:|{'-' * 8}:|")
    for name, median in medians.items():
        print(f"| {name:<31} | {median:>6.1f} | {numbers[name]:>7} |")
    pairs = [(n, "member: thread, ordinary" if n.startswith("member") else "thread, ordinary") for n in medians]
    ratios = {n: medians[n] / medians[ordinary] for n, ordinary in pairs if "thread, giant" in n}
    worst = max(ratios, key=ratios.__getitem__)
    print(
        f"\nThe slowest page of the giant thread: {worst}, {ratios[worst]:.2f} times an ordinary one (limit {MAX_RATIO})"
    )
    return int(ratios[worst] > MAX_RATIO)


if __name__ == "__main__":
    sys.exit(main())
