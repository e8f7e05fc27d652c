import shutil

import pytest

from guide.content_io.checks import content_errors
from guide.content_io.reader import FOLDER, read_content
from guide.lint.rules import MARK, structure_errors
from tests.guide.lint.test_readability import measured

LIMIT = {"for-clinicians": 13, "for-your-doctor": 13}
ENGLISH = [a for a in read_content().articles if a.front.get("language", "en") == "en"]


def test_the_content_files_follow_the_rules():
    assert content_errors(read_content()) == []


def test_broken_rules_are_reported_with_their_lines(tmp_path):
    broken = {
        "A claim without a source.": "no source for",
        "- An item without one": "no source for",
        "A miracle.[^S1]": "the word “miracle”",
        "See [this](nowhere).[^site]": "no article is called nowhere",
        "It kills 3 in 100.[^S0]": "general knowledge (S0) isn't a source",
        "It kills 3 in 100.[^S1][^S0]": "general knowledge (S0) isn't a source",
    }
    folder = shutil.copytree(FOLDER, tmp_path / "content")
    path = folder / "articles" / "history.md"
    first = path.read_text().count("\n") + 2
    path.write_text(path.read_text() + "".join(f"\n{line}\n" for line in broken))
    found = dict(fault.split(": ", 1) for fault in content_errors(read_content(folder)))
    for number, error in enumerate(broken.values()):
        assert error in found.pop(f"history.md:{first + 2 * number}")
    assert found == {}


@pytest.mark.parametrize("article", ENGLISH, ids=lambda a: a.slug)
def test_articles_have_a_reading_grade_of_eight_or_less(article):
    assert measured(article) <= LIMIT.get(article.slug, 8.0)


def test_a_row_that_cites_general_knowledge_is_reported(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "content")
    path = folder / "side_effects.yaml"
    path.write_text(path.read_text().replace("sources: [S390]", "sources: [S0]", 1))
    assert content_errors(read_content(folder)) == ["side_effects.yaml: Nausea cites general knowledge (S0)"]


def test_a_cited_source_without_an_address_is_reported(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "content")
    path = folder / "sources.yaml"
    address = "https://safe.pharmacy/buy-safely/"
    path.write_text(path.read_text().replace(f"url: {address}", "url: ''", 1))
    assert content_errors(read_content(folder)) == ["sources.yaml: S392 has neither a DOI nor an address"]


@pytest.mark.parametrize("article", read_content().articles, ids=lambda a: a.slug)
def test_the_opening_paragraph_has_at_most_sixty_words(article):
    assert len(MARK.sub("", article.front["in_short"]).split()) <= 60


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("::: note A\n\nText.\n\n:::\n", []),
        ("::: note A\n\nText.\n", ["line 1: this callout has no end (:::)"]),
        ("Text.\n\n:::\n", ["line 3: this callout has no beginning (:::)"]),
        ("::: note A\n\n::: warning B\n\n:::\n", ["line 1: this callout has no end (:::)"]),
        ("Text [[matrix]] more.\n", ["line 1: a part must be alone on its line"]),
        ("[[safety:low-mood]]\n\n[words](faq)\n", []),
    ],
)
def test_structure_errors_name_their_line(text, found):
    assert structure_errors(text) == found
