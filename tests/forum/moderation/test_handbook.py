import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from forum.moderation.item_actions import (
    APPEALS,
    CLOSE_CARD,
    FOLLOW_UPS,
    HELP_CARD,
    KEEP_REPORTED,
    PASS_ON,
    PRIVATE,
    REMOVE_REPORTED,
    TEXTS,
)


def test_only_moderators_see_the_handbook_and_its_pictures(client, dr_okafor, maya):
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:handbook")).content.decode()
    assert '<a href="#the-queue">The queue</a>' in html and '<h2 id="the-queue">' in html
    shown = re.findall(r'<img src="/static/(handbook/[^"]+)" alt="[^"]{10,}"', html)
    assert len(shown) == 3
    assert [name for name in shown if not finders.find(name)] == []
    assert html.count("<h1") == 1
    client.force_login(maya)
    assert client.get(reverse("forum:handbook")).status_code == 404


ACTIONS = [*TEXTS, *PASS_ON, PRIVATE, HELP_CARD, CLOSE_CARD, *FOLLOW_UPS, *APPEALS, KEEP_REPORTED, REMOVE_REPORTED]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_the_handbook_lists_every_action_with_its_key(action, root):
    assert f"| {action.title} | {action.key.upper()} |" in (root / "docs" / "moderators.md").read_text()


def test_the_handbook_states_the_promised_times_of_the_settings(settings, root):
    text = (root / "docs" / "moderators.md").read_text()
    minutes = settings.FORUM_REVIEW_TARGET_MINUTES
    assert (minutes["RED"], minutes["AMBER"], minutes["GREEN"]) == (15, 4 * 60, 24 * 60)
    assert [word in text for word in ("| 15 minutes |", "| 4 hours |", "| 24 hours |")] == [True] * 3
