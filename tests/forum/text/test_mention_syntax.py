import pytest

from forum.text.mention_syntax import names_in


def found(text):
    return [[name.text for name in names] for names in names_in(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Maya", [["Maya"]]),
        ("Thanks, @Amber Gate said", [["Amber Gate said", "Amber Gate", "Amber"]]),
        ("(@Maya), @Noah.", [["Maya"], ["Noah"]]),
        ("@Maya's, @O’Neil", [["Maya's", "Maya"], ["O’Neil", "O"]]),
        ("@Ann_Bell-Lee", [["Ann_Bell-Lee"]]),
        ("maya@example.org", []),
        ("@maya.org", [["maya.org"]]),
        ("@@Maya @ Maya", []),
        ("https://x.example/@maya", []),
        ("@Élan 王", [["Élan 王", "Élan"]]),
    ],
)
def test_candidate_names(text, names):
    assert found(text) == names


def test_a_candidate_is_no_longer_than_the_maximum():
    assert found("@" + "a" * 41) == [[]]
    assert all(len(name) <= 40 for name in found("@" + "word " * 30)[0])


def test_the_span_includes_the_at_sign():
    text = "Hello @Maya!"
    assert [text[n.start : n.end] for names in names_in(text) for n in names] == ["@Maya"]
