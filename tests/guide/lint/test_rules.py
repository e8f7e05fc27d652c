import shutil

import pytest

from guide.content_io.checks import faults
from guide.content_io.reader import FOLDER, read_content
from guide.lint.rules import breaks
from tests.guide.lint.test_readability import measured

LIMIT = {"for-clinicians": 13}


def test_the_guide_keeps_its_rules():
    assert faults(read_content()) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("A claim without a source.", "no source for"),
        ("- An item without one", "no source for"),
        ("A miracle.[^S1]", "the word “miracle”"),
        ("See [this](nowhere).[^site]", "no article is called nowhere"),
    ],
)
def test_a_broken_rule_is_found_with_its_line(tmp_path, line, fault):
    folder = shutil.copytree(FOLDER, tmp_path / "content")
    path = folder / "articles" / "history.md"
    number = path.read_text().count("\n") + 2
    path.write_text(path.read_text() + f"\n{line}\n")
    found = faults(read_content(folder))
    assert [f.partition(": ")[0] for f in found] == [f"history.md:{number}"]
    assert fault in found[0]


@pytest.mark.parametrize("article", read_content().articles, ids=lambda a: a.slug)
def test_articles_can_be_read_at_grade_eight(article):
    assert measured(article) <= LIMIT.get(article.slug, 8.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("::: note A\n\nText.\n\n:::\n", []),
        ("::: note A\n\nText.\n", ["line 1: this callout has no end (:::)"]),
        ("Text.\n\n:::\n", ["line 3: this callout has no beginning (:::)"]),
        ("::: note A\n\n::: warning B\n\n:::\n", ["line 1: this callout has no end (:::)"]),
        ("Text [[matrix]] more.\n", ["line 1: a part stands alone on its line"]),
        ("[[safety:low-mood]]\n\n[words](faq)\n", []),
    ],
)
def test_what_would_show_wrongly_is_named_with_its_line(text, found):
    assert breaks(text) == found
