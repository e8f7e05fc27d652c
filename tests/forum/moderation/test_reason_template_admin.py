import pytest
from django.urls import reverse

from accounts.models import User
from forum.models import Decision, ReasonTemplate
from forum.moderation import reason_templates
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import reject
from tests.forum.conftest import let_undo_run_out

FORM = {"title": "It says how much.", "words": "Please leave amounts out.", "active": "on", "position": "3"}
FORM["refusal_words"] = "We can’t show amounts."


@pytest.fixture
def desk(client, category):
    client.force_login(User.objects.create_superuser("admin@example.org", "pw", display_name="Ada"))
    return client


def url(what="changelist", *args):
    return reverse(f"admin:forum_reasontemplate_{what}", args=args)


def test_changed_templates_do_not_affect_earlier_decisions(desk, say, maya, dr_okafor):
    told = reject(say(maya, "x", public=False).revisions.get(), by=dr_okafor, reason="dose", note="As it was.")
    kept = ReasonTemplate.objects.get(code="dose")
    desk.post(url("change", kept.pk), {**FORM, "code": "other-code"})
    assert (reason_templates.title_of("dose"), reason_templates.request_text("dose")) == (
        "It says how much.",
        "Please leave amounts out.",
    )
    assert reason_templates.refusal_text("dose") == "We can’t show amounts."
    assert Decision.objects.get(pk=told.pk).note == "As it was."
    html = desk.get(url("change", kept.pk)).content.decode()
    assert "It says how much. Please leave amounts out." in html
    assert "It says how much. We can’t show amounts." in html


def test_a_used_template_can_only_be_deactivated_and_an_unused_one_deleted(desk, say, maya, dr_okafor):
    remove(say(maya, "x"), by=dr_okafor, reason="dose")
    used, unused = ReasonTemplate.objects.get(code="dose"), ReasonTemplate.objects.get(code="spam")
    assert desk.post(url("delete", used.pk), {"post": "yes"}).status_code == 403
    assert desk.post(url("delete", unused.pk), {"post": "yes"}).status_code == 302
    desk.post(url("change", used.pk), {**FORM, "active": ""})
    assert "dose" not in dict(reason_templates.refusal_choices())
    assert reason_templates.title_of("dose") == "It says how much."


def test_the_list_requires_the_admin_permission(client, category, vera, dr_lind):
    for person in (vera, dr_lind):
        client.force_login(person)
        assert client.get(url()).status_code == 403


@pytest.mark.parametrize(
    ("action", "text"), [("changes", reason_templates.request_text), ("reject", reason_templates.refusal_text)]
)
def test_a_request_and_a_refusal_have_words_of_their_own(client, say, maya, dr_okafor, action, text):
    item = say(maya, "x", public=False).review_items.get()
    client.force_login(dr_okafor)
    client.post(reverse("forum:item-action", args=[item.pk, action]), {f"{action}-reason": "private"})
    assert let_undo_run_out() == 1
    assert Decision.objects.get().note == text("private")


def test_every_reason_but_the_last_has_both_texts_and_a_refusal_asks_for_nothing_again(category):
    rows = reason_templates.templates_by_code()
    assert [code for code, row in rows.items() if not (row.request and row.refusal)] == ["other"]
    assert not [
        code for code, row in rows.items() if "send your post again" in row.refusal or "send it again" in row.refusal
    ]
    assert {"danger", "secret", "sharing", "minor", "off-topic"} <= set(dict(reason_templates.refusal_choices()))
