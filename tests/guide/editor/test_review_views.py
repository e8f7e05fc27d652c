"""Review and history as an editor and a reviewer meet them in the admin."""

import pytest
from django.urls import reverse

from guide.models import Article, RevisionDecision
from guide.review.article_workflow import CHECKLIST
from guide.services import Draft, publish_urgently, submit_revision, write_revision

NEW = Draft("New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "why")
REMARKS = {"remark-TOTAL_FORMS": 1, "remark-INITIAL_FORMS": 0}


@pytest.fixture
def waiting(article, elif_):
    revision = write_revision(article, NEW, by=elif_)
    submit_revision(revision, by=elif_)
    return revision


def url(name, revision):
    return reverse(f"admin:guide_revision_{name}", args=[revision.pk])


def approval(article, **also):
    return {"checked": list(CHECKLIST), "live": article.live_revision_id} | also


def test_the_reviewer_sees_the_differences_and_approves(client, article, waiting, dr_okafor):
    client.force_login(dr_okafor)
    page = client.get(url("review", waiting)).content.decode()
    for words in ("<ins>New", "<del>Small", "side by side", "in one", "It is accurate"):
        assert words in page
    response = client.post(url("review", waiting), approval(article))
    assert response.status_code == 302
    assert Article.objects.get().live_revision == waiting


def test_a_text_decided_on_after_it_changed_is_answered_with_the_new_differences(
    client, article, waiting, elif_, dr_okafor
):
    client.force_login(dr_okafor)
    newer = write_revision(article, Draft("Newer", "S", "Newer.[^site]", "Newer.[^site]\n"), by=elif_)
    submit_revision(newer, by=elif_)
    response = client.post(url("review", waiting), approval(article))
    assert response.status_code == 409
    page = response.content.decode()
    assert "revision 2 was replaced by revision 3" in page
    assert "Newer" in page


def test_what_went_live_meanwhile_is_shown_before_anything_is_decided(client, article, elif_, dr_okafor):
    read_beside = article.live_revision_id
    publish_urgently(write_revision(article, NEW, by=elif_), by=elif_, reason="Danger.")
    later = write_revision(article, NEW, by=elif_)
    submit_revision(later, by=elif_)
    client.force_login(dr_okafor)
    response = client.post(url("review", later), approval(article, live=read_beside))
    assert (response.status_code, later.decisions.count()) == (409, 1)


def test_nobody_approves_their_own_by_form_or_direct_post(client, article, waiting, elif_):
    client.force_login(elif_)
    assert 'value="Approve"' not in client.get(url("review", waiting)).content.decode()
    assert client.post(url("review", waiting), approval(article)).status_code == 403
    assert client.post(url("send-back", waiting), {"reason": "x", **REMARKS}).status_code == 403


def test_the_lists_offer_no_bulk_act_and_take_none(client, article, waiting, django_user_model):
    boss = django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    client.force_login(boss)
    listed = reverse("admin:guide_articlerevision_changelist")
    assert 'name="action"' not in client.get(listed).content.decode()
    client.post(listed, {"action": "delete_selected", "_selected_action": [waiting.pk], "post": "yes"})
    for name, args in [("change", [waiting.pk]), ("delete", [waiting.pk]), ("add", [])]:
        assert client.post(reverse(f"admin:guide_articlerevision_{name}", args=args), {}).status_code == 403
        decision = [RevisionDecision.objects.first().pk] if args else []
        assert client.post(reverse(f"admin:guide_revisiondecision_{name}", args=decision), {}).status_code == 403
    assert Article.objects.get().live_revision == article.live_revision


def test_a_gap_in_the_checklist_is_said_beside_it_and_nothing_typed_is_lost(client, article, waiting, dr_okafor):
    client.force_login(dr_okafor)
    page = client.post(url("review", waiting), approval(article, checked=["plain"])).content.decode()
    assert "Tick each point" in page
    assert 'id="id_checked_2" checked' in page


def test_remarks_are_sent_back_and_shown_to_the_author(client, article, waiting, dr_okafor, elif_):
    client.force_login(dr_okafor)
    row = {"remark-0-part": "body", "remark-0-line": 3, "remark-0-quote": "New text", "remark-0-text": "Which one?"}
    client.post(url("send-back", waiting), {"reason": "", "live": article.live_revision_id, **REMARKS, **row})
    client.force_login(elif_)
    page = client.get(url("review", waiting)).content.decode()
    assert "Text, line 3, “New text”: Which one?" in page
    assert 'value="Send for review"' in page


def test_history_compares_and_rolls_back(client, article, elif_):
    first = article.live_revision
    publish_urgently(write_revision(article, NEW, by=elif_), by=elif_, reason="Danger.")
    client.force_login(elif_)
    page = client.get(reverse("admin:guide_article_history", args=[article.pk])).content.decode()
    for words in ("Published at once, before review", "Danger.", "Bring revision 1 back", "content files"):
        assert words in page
    compared = client.get(reverse("admin:guide_article_compare", args=[article.pk]), {"old": 2, "new": 1})
    assert "<ins>New" in compared.content.decode()
    client.post(url("roll-back", first), {"reason": "It was right."})
    assert Article.objects.get().live_revision.number == 3


@pytest.mark.parametrize("query", ["", "?old=x&new=1", "?old=1&new=99", "?old=²&new=1"])
def test_comparing_what_is_not_there_is_not_found(client, article, elif_, query):
    client.force_login(elif_)
    assert client.get(reverse("admin:guide_article_compare", args=[article.pk]) + query).status_code == 404


def queries_of_history(client, article, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as found:
        client.get(reverse("admin:guide_article_history", args=[article.pk]))
    return len(found)


def test_history_costs_the_same_for_one_revision_and_for_three(client, article, elif_, django_assert_max_num_queries):
    client.force_login(elif_)
    write_revision(article, NEW, by=elif_)
    two = queries_of_history(client, article, django_assert_max_num_queries)
    write_revision(article, NEW, by=elif_)
    write_revision(article, NEW, by=elif_)
    assert queries_of_history(client, article, django_assert_max_num_queries) == two


def test_hostile_words_stay_words(client, article, elif_):
    bad = Draft("<script>alert(1)</script>", "S", "<img src=x onerror=alert(1)>", "<script>alert(2)</script>\n")
    revision = write_revision(article, bad, by=elif_)
    client.force_login(elif_)
    page = client.get(url("review", revision)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
