from datetime import timedelta

import pytest
from django.utils import timezone

from guide.analytics import link_checker
from guide.analytics.http_probe import Answer
from guide.analytics.link_checker import check_a_link, guide_links, note_answer
from guide.models import HelpLine, LinkCheck, Source
from guide.review.revisions import Draft, publish_loaded, write_revision

GOOD, GONE, ILL = Answer(200), Answer(404, "answers 404"), Answer(None, "no answer in time")


@pytest.fixture
def asked(monkeypatch, settings):
    """Stands where the internet begins; guide.analytics.http_probe has a server of its own in its tests."""
    settings.OUTBOUND_REQUESTS = True
    found = []
    monkeypatch.setattr(link_checker, "ask", lambda url: found.append(url) or GOOD)
    return found


def source(key, **fields):
    return Source.objects.create(key=key, title=key, kind="trial", checked=timezone.now(), **fields)


def test_nobody_is_asked_unless_the_setting_says_so(asked, settings, db):
    source("S1", url="https://a.example/")
    settings.OUTBOUND_REQUESTS = False
    assert (check_a_link(), asked) == (0, [])


def test_it_is_off_in_every_settings_file_unless_the_environment_says_so(root):
    told = [
        line
        for name in ("base", "dev", "test", "prod")
        for line in (root / "config" / "settings" / f"{name}.py").read_text().splitlines()
        if line.startswith("OUTBOUND_REQUESTS")
    ]
    assert told == ["OUTBOUND_REQUESTS = False", 'OUTBOUND_REQUESTS = os.environ.get("OUTBOUND_REQUESTS", "0") == "1"']


def test_addresses_come_from_sources_rows_and_texts(article, asked):
    source("S1", doi="10.1/x", url="https://unused.example/")
    HelpLine.objects.create(
        country="US",
        need="crisis",
        name="A line",
        url="https://line.example/",
        sources=[],
        checked=timezone.now(),
        position=1,
    )
    words = Draft("T", "s", "[a](https://short.example/)", "[b](https://text.example/x) and [c](small)")
    publish_loaded(write_revision(article, words, by=None))
    assert sorted((link.url, link.where) for link in guide_links()) == [
        ("https://doi.org/10.1/x", "S1"),
        ("https://line.example/", "US: A line"),
        ("https://short.example/", "T"),
        ("https://text.example/x", "T"),
    ]


def test_one_address_at_a_time_each_once_and_the_oldest_again(asked, db):
    for name in "ab":
        source(f"S{name}", url=f"https://{name}.example/")
    assert [check_a_link() for _ in range(3)] == [1, 1, 0]
    LinkCheck.objects.filter(url="https://b.example/").update(checked_at=timezone.now() - timedelta(days=15))
    check_a_link()
    assert asked == ["https://a.example/", "https://b.example/", "https://b.example/"]


def test_what_the_guide_no_longer_links_to_is_forgotten(asked, db):
    note_answer("https://gone.example/", GONE)
    check_a_link()
    assert not LinkCheck.objects.exists()


def test_trouble_is_asked_again_after_a_day(asked, db):
    source("S1", url="https://a.example/")
    note_answer("https://a.example/", ILL)
    assert check_a_link() == 0
    LinkCheck.objects.update(checked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert check_a_link() == 1
    assert LinkCheck.objects.get().trouble == ""


@pytest.mark.parametrize(
    ("answers", "dead"),
    [
        ([GONE], True),
        ([ILL], False),
        ([ILL, ILL], False),
        ([ILL] * 3, True),
        ([ILL, ILL, GOOD, ILL], False),
        ([GOOD], False),
    ],
)
def test_dead_is_gone_for_certain_or_three_failures_in_a_row(db, answers, dead):
    for answer in answers:
        note_answer("https://a.example/", answer)
    assert LinkCheck.objects.dead().exists() is dead
