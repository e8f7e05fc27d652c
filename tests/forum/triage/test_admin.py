import re

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse

from forum.models import TriageMatch, TriageRule, TriageVersion
from forum.moderation.text_decisions import approve
from forum.triage import rule_store

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture
def liver():
    return TriageRule.objects.get(key="liver")


@pytest.fixture
def form_of(client, dr_lind):
    """Open the form of a rule in the admin, or send it with these changes."""
    client.force_login(dr_lind)

    def form_of(rule, query="", **changes):
        url = reverse("admin:forum_triagerule_change", args=[rule.pk]) + query
        fields = {name: "" if value is None else value for name, value in model_to_dict(rule).items()}
        fields = {name: value for name, value in (fields | changes).items() if value is not False}
        return client.post(url, fields) if changes else client.get(url)

    return form_of


@pytest.fixture
def decided(say, maya, noah, dr_okafor):
    """Two decided texts and one that waits."""
    for who, body in ((maya, "A purple & long day."), (noah, "A grey day.")):
        approve(say(who, body, public=False).revisions.get(), by=dr_okafor)
    say(maya, "A purple evening.", public=False)


def main(response):
    return " ".join(response.content.decode().split("<main")[1].split("</main>")[0].split())


def test_a_dry_run_reads_decided_texts_and_stores_nothing(decided):
    read, [trial] = rule_store.dry_run(TriageRule(key="t", title="T", lane=2, phrases="purple"))
    assert (read, trial.revision.body, trial.lane.label, trial.decided_in) == (
        2,
        "A purple & long day.",
        "amber",
        "green",
    )
    assert TriageMatch.objects.filter(rule__isnull=False).count() == 0


def test_what_is_in_the_form_is_tried_before_it_is_live(decided, form_of, liver):
    before = model_to_dict(liver)
    html = main(form_of(liver, phrases="purple", lane=1, should_match="", should_not_match="", _try="1"))
    assert "This rule matches 1 of the last 2 decided texts: 1 in red." in html
    assert "<strong>Red</strong>, decided in green" in html
    assert f'href="{reverse("forum:review", args=[1])[:-2]}' in html
    assert ">purple</mark> &amp; long day." in html
    liver.refresh_from_db()
    assert (model_to_dict(liver), liver.version) == (before, 1)


def test_a_dry_run_links_only_items_that_this_moderator_may_open(
    decided, say, dr_okafor, dr_lind, form_of, liver, client
):
    own = say(dr_lind, "My purple day.", public=False).revisions.get()
    approve(own, by=dr_okafor)
    html = main(form_of(liver, phrases="purple", lane=1, should_match="", should_not_match="", _try="1"))
    links = re.findall(r'href="(/forum/review/[^"]+)"', html)
    assert len(links) == 1 and client.get(links[0], follow=True).status_code == 200
    assert ">purple</mark> day." in html and "(you wrote it, so you can’t open its item)" in html
    assert client.get(reverse("forum:review", args=[own.pk])).status_code == 404


def test_a_new_rule_can_be_tried_too(decided, client, dr_lind):
    client.force_login(dr_lind)
    fields = {"key": "t", "title": "T", "lane": 2, "acuteness": 9, "phrases": "grey", "negation_window": 0}
    page = client.post(reverse("admin:forum_triagerule_add"), fields | {"past_window": 0, "_try": "1"})
    assert "matches 1 of the last 2 decided texts: 1 in amber." in main(page)
    assert not TriageRule.objects.filter(key="t").exists()


def test_a_rule_that_fails_its_examples_is_not_tried_and_nothing_typed_is_lost(form_of, liver):
    page = form_of(liver, phrases="purple", _try="1")
    assert "should match but doesn’t" in page.content.decode()
    assert "purple</textarea>" in page.content.decode()


def test_an_administrator_who_is_no_moderator_reads_no_posts_there(decided, client, admin_user, liver):
    client.force_login(admin_user)
    url = reverse("admin:forum_triagerule_change", args=[liver.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"_try": "1"}).status_code == 403


def test_the_history_shows_only_the_changed_words_of_each_version(form_of, liver):
    form_of(liver, title="Signs of liver damage", advice="Call today.", _save="1")
    html = main(form_of(liver))
    for words in (
        "<strong>title:</strong> Signs of liver <del>trouble</del><ins>damage</ins>",
        "<ins>Call today.</ins>",
        "The first version.",
    ):
        assert words in html, words
    assert "<strong>phrases:</strong>" not in html


def test_an_earlier_version_opens_in_the_form_and_is_restored_by_saving(form_of, liver):
    form_of(liver, title="Something else", _save="1")
    page = form_of(liver, "?version=1")
    assert "The form shows version 1. Save it to restore that version." in main(page)
    assert 'value="Signs of liver trouble"' in main(page)
    liver.refresh_from_db()
    assert liver.title == "Something else"
    first = TriageVersion.objects.get(subject="rule liver", number=1)
    form_of(liver, "?version=1", title=first.content["title"], _save="1")
    liver.refresh_from_db()
    assert (liver.title, liver.version) == ("Signs of liver trouble", 3)


@pytest.mark.parametrize("number", ["9", "x", "99999999999999999999"])
def test_an_unknown_version_leaves_the_form_alone(form_of, liver, number):
    html = main(form_of(liver, f"?version={number}"))
    assert 'value="Signs of liver trouble"' in html
    assert "Save it to restore" not in html
