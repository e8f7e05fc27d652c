"""Differences by paragraph: changed words in a changed paragraph, whole paragraphs in a rewritten one."""

from forum.text.paragraph_diff import paragraph_changes


def shown(old, new):
    """The paragraphs as text, with [-removed-] and {+added+} words."""
    marks = {"": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return ["".join(marks[p.sign].format(p.text) for p in found.pieces) for found in paragraph_changes(old, new)]


def test_changed_words_are_marked_inside_their_paragraph():
    old = "I take 50 mg in the morning.\n\nIt helps me a lot."
    assert shown(old, old.replace("50 mg", "it")) == [
        "I take [-50 mg-]{+it+} in the morning.",
        "It helps me a lot.",
    ]


def test_a_rewritten_text_is_shown_whole_old_before_new():
    assert shown("Missed two shots and used last night.", "Has anyone a question about food?") == [
        "[-Missed two shots and used last night.-]",
        "{+Has anyone a question about food?+}",
    ]


def test_added_and_removed_paragraphs_stand_alone():
    old = "First one stays.\n\nSecond one goes away.\n\nThird one stays here."
    new = "First one stays.\n\nThird one stays here, changed.\n\nA new last one."
    assert shown(old, new) == [
        "First one stays.",
        "[-Second one goes away.-]",
        "Third one stays here{+, changed+}.",
        "{+A new last one.+}",
    ]


def test_equal_texts_have_no_changed_paragraph():
    assert [p.changed for p in paragraph_changes("One.\n\n\nTwo.", "One.\n \nTwo.")] == [False, False]
