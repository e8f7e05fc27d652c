import pytest

from forum.text.slugs import MAX_LENGTH, title_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("My plan: 1*50 mg", "my-plan-1-50-mg"),
        ("0.5 or 1½ mg?", "0-5-or-1-1-2-mg"),
        ("10² cells", "10-2-cells"),
        ("Crème brûlée", "creme-brulee"),
        ("我很好", "thread"),
    ],
)
def test_no_two_numbers_of_a_title_become_one(title, slug):
    assert title_slug(title) == slug


def test_a_long_title_is_not_cut_inside_a_number():
    assert title_slug("word " * 11 + "12345678") == "-".join(["word"] * 11)
    assert len(title_slug("x" * 100)) == MAX_LENGTH
