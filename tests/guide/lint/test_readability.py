import sys
from functools import cache
from io import StringIO

import pytest
import textstat
from django.core.management import call_command

from guide.content_io.reader import read_content
from guide.lint.readability import count_words, grade, plain_prose, syllables


def measured(article):
    """The Flesch–Kincaid grade as another program computes it: US school years that a reader needs."""
    return _measured(plain_prose(article.body))


@cache
def _measured(text):
    return float(textstat.flesch_kincaid_grade(text))


@pytest.mark.parametrize(("word", "many"), [("the", 1), ("taken", 2), ("medicine", 3), ("stopped", 1), ("started", 2)])
def test_syllables(word, many):
    assert syllables(word) == many


def test_marks_headings_and_blocks_do_not_count_as_words():
    assert count_words("## A heading\n\nThree plain words.[^S1]\n\n[[matrix]]\n\n::: note\n:::") == 3


def test_a_short_text_has_no_grade():
    assert grade("Three plain words.") is None


def test_the_grade_is_close_to_that_of_textstat():
    english = [article for article in read_content().articles if article.front.get("language", "en") == "en"]
    apart = [abs(grade(article.body) - measured(article)) for article in english if grade(article.body)]
    assert max(apart) < 2


def test_the_report_runs_without_the_developers_packages(monkeypatch):
    """As in the production image."""
    monkeypatch.setitem(sys.modules, "textstat", None)
    monkeypatch.delitem(sys.modules, "guide.management.commands.content_report", raising=False)
    out = StringIO()
    call_command("content_report", stdout=out)
    header, *rows = out.getvalue().splitlines()
    assert header.split() == ["article", "words", "grade", "cites", "S0", "CHECK"]
    assert {row.split()[0] for row in rows} == {article.slug for article in read_content().articles}
    assert all(float(row.split()[2]) >= 0 for row in rows)
