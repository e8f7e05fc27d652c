import pytest
from django.urls import reverse

from forum.models import Decision
from forum.moderation.text_decisions import approve, reject
from forum.oversight import decision_log

ALL, MINE = reverse("forum:decision-log"), reverse("forum:my-decisions")


@pytest.fixture
def decided(say, published, maya, noah, dr_okafor, dr_lind, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    published(maya, "A question.", title="Mayas question")
    reject(
        say(noah, "x", title="Noahs words", public=False).revisions.get(), by=dr_lind, reason="unkind", note="Be kind."
    )


def main(response):
    return response.content.decode().split("<main")[1].split("</main>")[0]


def test_moderators_see_all_decisions_with_decider_and_credential(client, decided, dr_okafor):
    client.force_login(dr_okafor)
    html = main(client.get(ALL))
    seen = (
        "Mayas question",
        "Noahs words",
        "Dr. Okafor",
        "Dr. Lind",
        "version 1",
        "Be kind.",
        "then verified as physician",
        "green",
    )
    for words in (*seen, "after 0 min"):
        assert words in html


def test_members_see_their_own_decisions_and_only_the_profession(client, decided, noah):
    client.force_login(noah)
    html = main(client.get(MINE))
    for words in ("Noahs words", "Be kind.", "version 1", "By a physician", "after 0 min"):
        assert words in html
    for words in ("Mayas question", "Dr. Lind", "Dr. Okafor"):
        assert words not in html
    assert client.get(ALL).status_code == 404


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?action=rejected", {"Noahs words"}),
        ("?action=approved", {"Mayas question"}),
        ("?reason=unkind", {"Noahs words"}),
        ("?lane=3", {"Noahs words", "Mayas question"}),
        ("?lane=1", set()),
        ("?before=%00", {"Noahs words", "Mayas question"}),
        ("?lane=9", set()),
        ("?by=99999999", set()),
        ("?before=1²", {"Noahs words", "Mayas question"}),
    ],
)
def test_filters(client, decided, dr_okafor, query, titles):
    client.force_login(dr_okafor)
    html = main(client.get(ALL + query))
    assert {title for title in ("Noahs words", "Mayas question") if title in html} == titles


def test_members_cannot_filter_by_who_decided(client, decided, noah, dr_okafor, dr_lind):
    client.force_login(noah)
    assert main(client.get(f"{MINE}?by={dr_okafor.pk}")) == main(client.get(f"{MINE}?by={dr_lind.pk}"))


def test_members_filter_their_decisions(client, decided, noah):
    client.force_login(noah)
    assert "Noahs words" in main(client.get(f"{MINE}?action=rejected&reason=unkind"))
    assert "No decisions match these filters." in main(client.get(f"{MINE}?action=approved"))


def test_keyset_pages_skip_no_rows_while_new_ones_are_added(published, maya, dr_okafor, settings, monkeypatch):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    monkeypatch.setattr(decision_log, "PAGE", 2)
    for n in range(5):
        published(maya, f"Number {n}.")
    newest_first = list(Decision.objects.order_by("-pk"))
    first, key = decision_log.page_of(decision_log.all_decisions(), decision_log.LogFilters())
    published(maya, "Meanwhile.")
    second, key = decision_log.page_of(decision_log.all_decisions(), decision_log.LogFilters(before=key))
    third, end = decision_log.page_of(decision_log.all_decisions(), decision_log.LogFilters(before=key))
    assert ([*first, *second, *third], end) == (newest_first, "")


@pytest.mark.parametrize("rows", [1, 3])
def test_both_pages_take_the_same_queries_for_one_and_three_rows(
    client, say, maya, dr_okafor, dr_lind, rows, django_assert_num_queries
):
    for n in range(rows):
        approve(say(maya, f"Number {n}.", public=False).revisions.get(), by=dr_okafor)
    for who, page, queries in ((maya, MINE, 4), (dr_lind, ALL, 16)):
        client.force_login(who)
        client.get(page)
        with django_assert_num_queries(queries):
            client.get(page)
