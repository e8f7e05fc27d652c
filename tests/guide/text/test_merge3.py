import pytest

from guide.text.merge3 import Merged, merge

BASE = "One.\n\nTwo.\n\nThree."


@pytest.mark.parametrize(
    ("mine", "theirs", "text"),
    [
        (BASE, BASE, BASE),
        ("Uno.\n\nTwo.\n\nThree.", BASE, "Uno.\n\nTwo.\n\nThree."),
        (BASE, "One.\n\nTwo.\n\nTre.", "One.\n\nTwo.\n\nTre."),
        ("Uno.\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nTre.", "Uno.\n\nTwo.\n\nTre."),
        ("Uno.\n\nTwo.\n\nThree.", "Uno.\n\nTwo.\n\nThree.", "Uno.\n\nTwo.\n\nThree."),
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.\n\nFour.", "One.\n\nThree.\n\nFour."),
        ("", "", ""),
    ],
)
def test_changes_in_different_places_are_merged(mine, theirs, text):
    assert merge(BASE, mine, theirs, name="Vera") == Merged(text, 0)


def test_conflicting_changes_are_both_in_the_text_between_marks():
    found = merge(BASE, BASE.replace("Two", "Due"), BASE.replace("Two", "Deux"), name="Vera")
    between = "<<<<<<< your version:\nDue.\n=======\nDeux.\n<<<<<<< end of Vera’s version"
    assert found == Merged(f"One.\n\n{between}\n\nThree.", 1)


@pytest.mark.parametrize("base", ["", BASE, "Wholly\nelse"])
def test_no_line_is_lost(base):
    mine, theirs = "A\nB\nC mine\nD", "A\nX\nC theirs\nE\nF"
    found = merge(base, mine, theirs, name="Vera").text.split("\n")
    assert {*mine.split("\n"), *theirs.split("\n")} <= set(found)
