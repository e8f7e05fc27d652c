import random

from guide.text.diff import changes, inline, near_changes, rendered, rows
from tests.growth import assert_growth

TABLE = "| Medicine | Dose |\n|---|---|\n| One | 25 mg |\n| Two | 50 mg |"


def joined(pieces, without):
    return "".join(p.text for p in pieces if p.sign != without)


def test_a_changed_word_is_marked_on_both_sides():
    (row,) = rows("Take it once.", "Take it twice.")
    assert [tuple(p) for p in row.old] == [("", "Take it "), ("-", "once.")]
    assert [tuple(p) for p in row.new] == [("", "Take it "), ("+", "twice.")]
    assert [p.sign for p in inline(row)] == ["", "-", "+"]


def test_in_a_table_only_the_changed_cell_is_marked():
    changed = [row for row in rows(TABLE, TABLE.replace("50 mg", "75 mg")) if row.changed]
    assert len(changed) == 1
    assert [p.text.strip() for p in changed[0].new if p.sign] == ["75"]


def test_both_texts_can_be_rebuilt_from_their_differences():
    old, new = "a b c\n\nd e\nf", "a x c\nd e\n\ng f h"
    found = rows(old, new)
    assert [joined(r.old, "+") for r in found if r.old_number] == old.splitlines()
    assert [joined(r.new, "-") for r in found if r.new_number] == new.splitlines()


def test_unchanged_lines_are_left_out():
    text = "\n".join(f"Line {n}." for n in range(50))
    found = near_changes(rows(text, text.replace("Line 25.", "Line x.")))
    assert [len(found), found[0].lines, found[-1].lines] == [7, 23, 22]


def test_words_are_marked_inside_tags_and_citations_count():
    old = '<table><tbody><tr><td>25 mg</td></tr></tbody></table><p>Yes.<sup data-cite="S1"></sup></p>'
    new = old.replace("25", "50").replace("S1", "S2")
    was, now, both = rendered(old, new)
    assert "<td><del>25 </del>mg</td>" in was
    assert "<td><ins>50 </ins>mg</td>" in now
    assert "<td><del>25</del> <ins>50 </ins>mg</td>" in both
    assert "<ins>[S2]</ins>" in now


def test_the_time_to_compare_100_kb_grows_at_most_with_the_square():
    words = random.Random(1).choices(["dose", "day", "tablet", "liver", "opioid", "safe", "week", "the", "a"], k=17_000)
    changed = ["changed" if i % 97 == 0 else word for i, word in enumerate(words)]

    def compare(places):
        one, two = (
            "\n\n".join(" ".join(text[i : i + 60]) for i in range(0, len(places), 60)) for text in (words, changed)
        )
        rows(one, two)
        rendered(f"<p>{one}</p>", f"<p>{two}</p>")

    assert_growth(compare, range(len(words)), power=2)


def test_both_texts_can_be_rebuilt_from_their_changes():
    old, new = "Take 25 mg, once.\n\nRest.", "Take 50 mg once.\n\nRest, please."
    found = changes(old, new)
    assert (joined(found, "+"), joined(found, "-")) == (old, new)
    assert [tuple(piece) for piece in found[:4]] == [("", "Take "), ("-", "25"), ("+", "50"), ("", " mg")]


def test_changes_of_the_longest_posts_are_found():
    chance = random.Random(1)
    words = [chance.choice("a be see dose day night".split()) for _ in range(2_500)]
    old, new = " ".join(words), " ".join([*words[:1_200], "other", *words[1_203:]])
    found = changes(old, new)
    assert (joined(found, "+"), joined(found, "-")) == (old, new)
    assert sum(len(piece.text) for piece in found if piece.sign) < len(old) / 4
