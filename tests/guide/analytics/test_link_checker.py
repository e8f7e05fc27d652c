from datetime import timedelta

import pytest
from django.utils import timezone

from guide.analytics import link_checker
from guide.analytics.http_probe import Answer
from guide.analytics.link_checker import check_next_link, guide_links, record_answer
from guide.models import HelpLine, LinkCheck, Source
from guide.review.revisions import Draft, publish_loaded, write_revision

GOOD, GONE, ILL = Answer(200), Answer(404, "answers 404"), Answer(None, "no answer in time")


@pytest.fixture
def probed(monkeypatch, settings):
    """Replace the HTTP probe, which has its own tests with a real server."""
    settings.OUTBOUND_REQUESTS = True
    found = []
    monkeypatch.setattr(link_checker, "probe", lambda url: found.append(url) or GOOD)
    return found


def source(key, **fields):
    return Source.objects.create(key=key, title=key, kind="trial", checked=timezone.now(), **fields)


def test_no_link_is_checked_unless_the_setting_allows_it(probed, settings, db):
    source("S1", url="https://a.example/")
    settings.OUTBOUND_REQUESTS = False
    assert (check_next_link(), probed) == (0, [])


def test_outbound_requests_are_off_unless_the_environment_allows_them(root):
    settings_lines = [
        line
        for name in ("base", "dev", "test", "prod")
        for line in (root / "config" / "settings" / f"{name}.py").read_text().splitlines()
        if line.startswith("OUTBOUND_REQUESTS")
    ]
    assert settings_lines == [
        "OUTBOUND_REQUESTS = False",
        'OUTBOUND_REQUESTS = os.environ.get("OUTBOUND_REQUESTS", "0") == "1"',
    ]


def test_links_come_from_sources_rows_and_texts(article, probed):
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


def test_one_link_is_checked_at_a_time_new_ones_before_the_oldest(probed, db):
    for name in "ab":
        source(f"S{name}", url=f"https://{name}.example/")
    assert [check_next_link() for _ in range(3)] == [1, 1, 0]
    LinkCheck.objects.filter(url="https://b.example/").update(checked_at=timezone.now() - timedelta(days=15))
    check_next_link()
    assert probed == ["https://a.example/", "https://b.example/", "https://b.example/"]


def test_checks_of_links_no_longer_in_the_guide_are_deleted(probed, db):
    record_answer("https://gone.example/", GONE)
    check_next_link()
    assert not LinkCheck.objects.exists()


def test_a_failed_link_is_checked_again_after_a_day(probed, db):
    source("S1", url="https://a.example/")
    record_answer("https://a.example/", ILL)
    assert check_next_link() == 0
    LinkCheck.objects.update(checked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert check_next_link() == 1
    assert LinkCheck.objects.get().error == ""


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
def test_a_link_is_dead_if_gone_or_after_three_failures_in_a_row(db, answers, dead):
    for answer in answers:
        record_answer("https://a.example/", answer)
    assert LinkCheck.objects.dead().exists() is dead
