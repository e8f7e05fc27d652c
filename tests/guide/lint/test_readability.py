import pytest

from guide.content_io.reader import read_content
from guide.lint.readability import count_words, grade, syllables
from guide.management.commands.content_report import grade as measured


@pytest.mark.parametrize(("word", "many"), [("the", 1), ("taken", 2), ("medicine", 3), ("stopped", 1), ("started", 2)])
def test_syllables(word, many):
    assert syllables(word) == many


def test_marks_headings_and_parts_are_no_words():
    assert count_words("## A heading\n\nThree plain words.[^S1]\n\n[[matrix]]\n\n::: note\n:::") == 3


def test_a_text_too_short_has_no_grade():
    assert grade("Three plain words.") is None


def test_the_grade_is_near_what_textstat_measures():
    apart = [abs(grade(article.body) - measured(article)) for article in read_content().articles if grade(article.body)]
    assert max(apart) < 2
