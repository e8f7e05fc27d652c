import pytest

from forum.text.rendering_changes import Change, rendering_changes


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("*50 mg and 2 tablets* 25 mg", "*50", "50"),
        ("> 50 mg is too much", "> 50", "50"),
        ("I lost\n\n- 2 kg", "- 2", "2"),
        ("50`mg`", "50`mg`", "50mg"),
        ("```take\nx\n```", "```take", "```"),
    ],
)
def test_a_sign_that_readers_do_not_see_is_named_with_its_place(text, typed, shown):
    assert rendering_changes(text) == [Change(typed, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "1*50 and 2*25",
        "**bold** *soft* `code` [see](https://x.org/5) <https://e.org/5>",
        "- 50 mg\n- 25 mg",
        "> quoted\n> text\n\n1. a\n3) b\n\n---\n\n```\n50\n```",
        '[a](https://x.org "5 mg") and 5\\*3',
        "***5 mg*** @Maya **1 mg**.",
    ],
)
def test_ordinary_marks_are_not_named(text):
    assert rendering_changes(text) == []
