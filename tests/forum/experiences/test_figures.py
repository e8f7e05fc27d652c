import pytest
from django.urls import reverse

from forum.experiences.figures import LEAST, figures
from forum.models import Experience
from forum.publishing.experiences import withdraw_experiences
from tests.conftest import person


@pytest.fixture
def twenty(tell):
    """Twenty members' stories: for six it did not help, and two are not sure."""
    answers = ["not"] * 6 + ["unsure"] * 2 + ["a-lot"] * (LEAST - 8)
    for number, helped in enumerate(answers):
        tell(person(f"m{number}", f"Member {number}"), helped=helped)


def test_there_are_figures_from_twenty_members_on(client, twenty):
    assert [figure.question for figure in figures()][:2] == ["why", "form of the medicine"]
    assert "What 20 members report" in client.get(reverse("experiences")).content.decode()
    withdraw_experiences(Experience.objects.order_by("pk")[0].author)
    assert figures() == []


def test_small_counts_are_shown_together(twenty):
    helped = next(figure.shown for figure in figures() if figure.question == "did it help?")
    assert (helped.total, helped.cells) == (LEAST, {"a lot": 12})
    assert (helped.merged, helped.merged_sum) == (["somewhat", "no", "not sure"], 8)
