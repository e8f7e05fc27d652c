import pytest
from django.urls import reverse

from accounts.models import User
from forum.models import Decision, ReasonTemplate
from forum.moderation import reason_templates
from forum.moderation.decide import reject
from forum.moderation.post_removal import remove

FORM = {"title": "It says how much.", "words": "Please leave amounts out.", "active": "on", "position": "3"}


@pytest.fixture
def desk(client, category):
    client.force_login(User.objects.create_superuser("admin@example.org", "pw", display_name="Ada"))
    return client


def url(what="changelist", *args):
    return reverse(f"admin:forum_reasontemplate_{what}", args=args)


def test_new_words_are_said_from_now_on_and_decisions_keep_theirs(desk, say, maya, dr_okafor):
    told = reject(say(maya, "x", public=False).revisions.get(), by=dr_okafor, reason="dose", note="As it was.")
    kept = ReasonTemplate.objects.get(code="dose")
    desk.post(url("change", kept.pk), {**FORM, "code": "other-code"})
    assert (reason_templates.title_of("dose"), reason_templates.text_for("dose")) == (
        "It says how much.",
        "Please leave amounts out.",
    )
    assert Decision.objects.get(pk=told.pk).note == "As it was."
    html = desk.get(url("change", kept.pk)).content.decode()
    assert "It says how much. Please leave amounts out." in html


def test_a_used_reason_is_switched_off_and_an_unused_one_may_go(desk, say, maya, dr_okafor):
    remove(say(maya, "x"), by=dr_okafor, reason="dose")
    used, unused = ReasonTemplate.objects.get(code="dose"), ReasonTemplate.objects.get(code="spam")
    assert desk.post(url("delete", used.pk), {"post": "yes"}).status_code == 403
    assert desk.post(url("delete", unused.pk), {"post": "yes"}).status_code == 302
    desk.post(url("change", used.pk), {**FORM, "active": ""})
    assert "dose" not in dict(reason_templates.refusal_choices())
    assert reason_templates.title_of("dose") == "It says how much."


def test_only_who_has_the_right_keeps_the_list(client, category, vera, dr_lind):
    for person in (vera, dr_lind):
        client.force_login(person)
        assert client.get(url()).status_code == 403
