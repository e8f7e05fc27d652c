import pytest

from guide.models import OutcomeArm, OutcomeFigure
from guide.templatetags.guide import people


@pytest.mark.parametrize(
    ("out_of", "rows"), [(1, 1), (7, 1), (10, 1), (11, 1), (12, 1), (13, 2), (20, 2), (21, 3), (100, 10)]
)
def test_small_groups_of_people_stand_in_one_row_and_larger_ones_in_tens(out_of, rows):
    spots = people(OutcomeFigure(out_of=out_of), OutcomeArm(count=1))["spots"]
    assert (sum(spot.people for spot in spots), len({spot.y for spot in spots})) == (out_of, rows)


@pytest.mark.parametrize(
    ("out_of", "count"), [(7, 3), (11, 3), (12, 10), (100, 3), (100, 20), (100, 37), (100, 100), (25, 0)]
)
def test_the_picture_has_room_for_all_people_and_marks_those_counted(out_of, count):
    picture = people(OutcomeFigure(out_of=out_of), OutcomeArm(count=count))
    spots = picture["spots"]
    assert max(spot.x + 12 * spot.people for spot in spots) <= picture["width"]
    assert max(spot.y + 14 for spot in spots) <= picture["height"]
    assert sum(spot.people for spot in spots if spot.marked) == count
    assert len({(spot.x, spot.y) for spot in spots}) == len(spots)


def test_ten_alike_are_one_symbol():
    spots = people(OutcomeFigure(out_of=100), OutcomeArm(count=37))["spots"]
    assert [spot.people for spot in spots] == [10] * 3 + [1] * 10 + [10] * 6
