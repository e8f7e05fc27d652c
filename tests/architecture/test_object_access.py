"""Every address with a number in it, tried by those whom it does not concern.

All that is hidden has the same number here, in every table: a new address is tried with it without a word in this file.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MODERATORS
from forum.models import Appeal, Category, Decision, Draft, Post, PostRevision, Report, Thread
from tests.conftest import person

NUMBER = 777_777
SECRET = "Nobodys-business"
REFUSED = {302, 403, 404, 405}


def addresses():
    """Each named address of the forum that takes a number, with a value for each of its arguments."""
    found = get_resolver().namespace_dict["forum"][1].reverse_dict
    for name in sorted(key for key in found if isinstance(key, str)):
        arguments = found.getlist(name)[0][0][0][1]
        if any(each not in ("slug",) for each in arguments):
            yield name, {each: "thread" if each == "slug" else NUMBER for each in arguments}


@pytest.fixture
def hidden(category, dr_okafor):
    """One row of each kind that is nobody's business but its owner's, all with the same number."""
    owner = person("owner", SECRET, pk=NUMBER)
    later = {"published_at": timezone.now(), "last_post_at": timezone.now(), "state": "removed"}
    thread = Thread.objects.create(pk=NUMBER, category=category, author=owner, title=SECRET, **later)
    post = Post.objects.create(pk=NUMBER, thread=thread, author=owner)
    words = {"title": SECRET, "body": SECRET, "html": SECRET, "render_version": 1}
    revision = PostRevision.objects.create(pk=NUMBER, post=post, number=1, **words)
    held = {"by": dr_okafor, "credential": dr_okafor.credentials.get(), "waited": timedelta(0), "note": SECRET}
    no = Decision.objects.create(pk=NUMBER, revision=revision, action="changes", reason="dose", **held)
    Appeal.objects.create(pk=NUMBER, decision=no, text=SECRET)
    Report.objects.create(pk=NUMBER, post=post, by=owner, reason="dose", note=SECRET)
    Draft.objects.create(pk=NUMBER, author=owner, thread=thread, words={"body": SECRET})


def rows():
    tables = (Thread, Post, PostRevision, Decision, Appeal, Report, Draft, Category)
    return [list(table.objects.order_by("pk").values()) for table in tables], User.objects.count()


@pytest.mark.parametrize("who", ["visitor", "member", "unqualified"])
@pytest.mark.parametrize(("name", "arguments"), list(addresses()), ids=lambda v: v if isinstance(v, str) else "")
def test_a_strangers_number_opens_nothing_and_changes_nothing(client, hidden, noah, who, name, arguments):
    if who == "unqualified":  # appointed, but no clinician
        noah.groups.add(Group.objects.get(name=MODERATORS))
    if who != "visitor":
        client.force_login(noah)
    url, before = reverse(f"forum:{name}", kwargs=arguments), rows()
    form = {"body": "x", "title": "x", "text": "x", "reason": "dose", "action": "approve", "about": "post", "note": "x"}
    for response in (client.get(url), client.post(url, form), client.put(url), client.delete(url)):
        assert response.status_code in REFUSED
        assert SECRET not in response.content.decode()
        if response.status_code == 302:
            assert response["Location"].startswith(("/account/login/", "/account/2fa/"))
    assert rows() == before


@pytest.mark.parametrize("who", ["visitor", "member"])
@pytest.mark.parametrize(("name", "arguments"), list(addresses()), ids=lambda v: v if isinstance(v, str) else "")
def test_what_is_for_members_is_not_there_for_visitors_by_any_number(client, say, maya, noah, name, arguments, who):
    """Members read it, and still do nothing with it that belongs to its author or to moderators."""
    post = say(maya, SECRET, title=SECRET, members_only=True)
    numbers = {key: post.pk for key, value in arguments.items() if value == NUMBER}
    if "slug" in arguments:
        numbers["pk"] = post.thread_id
    if who == "member":
        client.force_login(noah)
    response = client.get(reverse(f"forum:{name}", kwargs={**arguments, **numbers}))
    if who == "visitor":
        assert response.status_code in REFUSED
        assert SECRET not in response.content.decode() + response.headers.get("Location", "")


def test_there_are_such_addresses():
    assert len(list(addresses())) > 20
