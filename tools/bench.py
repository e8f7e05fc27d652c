"""`make bench`: median timings of 20 runs on the local database, to compare before and after a change."""

import statistics
import time

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from guide.content_io.reader import read_content
from guide.search.index import rebuild_index
from guide.search.query import search, suggest
from guide.text.markdown import render
from tests.forum.triage.many_rules import many_rules


def median(function, times=20):
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.median(durations)


def get_uncached(client, url):
    cache.clear()
    client.get(url)


def main():
    call_command("migrate", verbosity=0)
    call_command("load_guide", verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    many, post = many_rules(500), read_content().articles[0].body
    post = (post * 9)[:10_000]
    client, longest = Client(), max((a.body for a in read_content().articles), key=len)
    cases = {
        "triage, 10,000 characters, 500 rules": lambda: many.find({"body": post}),
        "render the longest article": lambda: render(longest),
        "search, two words": lambda: search("missed dose"),
        "search, misspelled": lambda: search("bupernorphine nausia"),
        "suggest": lambda: suggest("naltr"),
        "article, uncached": lambda: get_uncached(client, "/guide/side-effects/"),
        "article, cached": lambda: client.get("/guide/side-effects/"),
        "comparison, uncached": lambda: get_uncached(client, "/guide/compare/"),
        "whole guide, uncached": lambda: get_uncached(client, "/guide/print/"),
        "rebuild the search index": rebuild_index,
    }
    for name, case in cases.items():
        print(f"{name:<38}{median(case):>9.1f} ms")
