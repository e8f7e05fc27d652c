import pytest
from django.urls import reverse

from accounts.models import Block
from forum.models import Appeal, Decision, Post, Report, Thread
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import reject
from tests.forum.conftest import put


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def test_a_second_report_is_acknowledged_but_not_stored(client, published, maya, noah):
    post = published(maya, "Question.")
    link = url("report-post", post.pk)
    assert link in page(client.get(post.thread.get_absolute_url()))
    assert client.get(link)["Location"] == f"/account/login/?next={link}"
    client.force_login(noah)
    html = page(client.post(link, {"about": "post", "reason": "", "note": "Kept words."}))
    assert "Choose what’s wrong." in html
    assert "Kept words." in html
    form = {"about": "post", "reason": "dose", "note": "Look."}
    assert "A moderator will read your report." in page(client.post(link, form))
    assert "You’ve already reported this" in page(client.post(link, form))
    assert list(Report.objects.values_list("post", "by", "note")) == [(post.pk, noah.pk, "Look.")]


def test_reporting_an_anonymous_member_does_not_reveal_their_name(client, published, maya, noah):
    link = url("report-post", published(maya, "Secret.", anonymous=True).pk)
    client.force_login(noah)
    html = page(client.get(link)) + page(client.post(link, {"about": "member", "reason": "unkind"}))
    assert "nonymous member 1" in html
    assert "Maya" not in html
    report = Report.objects.get()
    assert (report.member, report.post.author, report.about_author) == (None, maya, True)


def test_one_cannot_report_ones_own_post(client, published, maya):
    post = published(maya, "Question.")
    client.force_login(maya)
    assert url("report-post", post.pk) not in page(client.get(post.thread.get_absolute_url()))
    assert client.get(url("report-post", post.pk)).status_code == 403


@pytest.mark.parametrize("state", [s for s in Post.State.values if s != "published"])
def test_unpublished_posts_cannot_be_reported(client, published, maya, noah, state):
    post = published(maya, "Question.")
    put(Post.objects, state=state)
    client.force_login(noah)
    assert client.post(url("report-post", post.pk), {"about": "post", "reason": "dose"}).status_code == 404
    assert Report.objects.count() == 0


def test_members_can_be_reported_if_they_are_visible_or_blocked(client, maya, noah):
    link = url("report-member", maya.pk)
    client.force_login(noah)
    assert client.get(link).status_code == 404
    Block.objects.create(owner=noah, other=maya, kind="block")
    assert "Maya" in page(client.get(link))
    Block.objects.all().delete()
    type(maya).objects.filter(pk=maya.pk).update(profile_public=True)
    assert link in page(client.get(reverse("accounts:profile", args=[maya.pk])))
    assert "A moderator will read your report." in page(client.post(link, {"reason": "unkind"}))
    assert "already" in page(client.post(link, {"reason": "unkind"}))


@pytest.mark.parametrize("how", ["rejected", "removed"])
def test_the_author_appeals_and_sees_the_answer_on_the_posts_page(client, say, maya, dr_lind, how):
    post = say(maya, "Question.", public=how == "removed")
    if how == "removed":
        remove(post, by=dr_lind, reason="dose", note="No numbers.")
    else:
        reject(post.revisions.get(), by=dr_lind, reason="dose", note="No numbers.")
    decision = Decision.objects.latest("pk")
    client.force_login(maya)
    link = url("appeal", decision.pk)
    assert link in page(client.get(url("my-post", post.pk)))
    html = page(client.post(link, {"text": ""}))
    assert "No numbers." in html
    assert client.post(link, {"text": "There were none."})["Location"] == url("my-post", post.pk)
    assert client.post(link, {"text": "Again."})["Location"] == url("my-post", post.pk)
    Appeal.objects.update(answer="So it is.", state="upheld", answered_by=dr_lind, answered_at=decision.decided_at)
    html = page(client.get(url("my-post", post.pk)))
    assert [words in html for words in ("There were none.", "So it is.", "the decision stands", link)] == [
        True, True, True, False
    ]  # fmt: skip
    assert Appeal.objects.count() == 1


def test_the_redirect_of_a_removed_title_is_temporary(client, published, maya, dr_lind):
    """Browsers cache permanent redirects, which would loop if the title is restored."""
    post = published(maya, "Question.")
    before = post.thread.get_absolute_url()
    remove(post, by=dr_lind, reason="dose")
    response = client.get(before)
    assert (response.status_code, response["Location"]) == (302, Thread.objects.get().get_absolute_url())
