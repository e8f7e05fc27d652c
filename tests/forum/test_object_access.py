"""Every URL with a pk, requested by users it does not concern.

All hidden rows have the same pk in every table, so a new URL is covered without a change here.
"""

from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MODERATORS
from forum.models import Appeal, Category, Decision, Draft, Post, PostRevision, Report, Thread
from tests.conftest import clinician, fresh, logged_in, person
from tests.factories import published_post

NUMBER = 777_777
SECRET = "Nobodys-business"
FOR_MEMBERS = "Members-business"
REFUSED = {302, 403, 404, 405}


def addresses():
    """Yield each named forum URL that takes a key, with a value for each argument."""
    found = get_resolver().namespace_dict["forum"][1].reverse_dict
    for name in sorted(key for key in found if isinstance(key, str)):
        arguments = found.getlist(name)[0][0][0][1]
        if any(each not in ("slug",) for each in arguments):
            yield name, {each: "thread" if each == "slug" else NUMBER for each in arguments}


@pytest.fixture(scope="module")
def people(module_transaction, django_db_blocker):
    """The owner, the moderator who approved, and the users who try to get access."""
    with django_db_blocker.unblock():
        return {
            "owner": person("owner", SECRET, pk=NUMBER),
            "moderator": clinician("okafor", "Dr. Okafor", MODERATORS),
            "member": person("noah", "Noah"),
            "unqualified": person("una", "Una", MODERATORS),  # appointed, but without a credential
        }


@pytest.fixture(scope="module")
def browsers(people, django_db_blocker):
    with django_db_blocker.unblock():
        return {who: logged_in(people.get(who)) for who in ("visitor", "member", "unqualified")}


@pytest.fixture(scope="module")
def category(module_transaction, django_db_blocker):
    with django_db_blocker.unblock():
        return Category.objects.create(
            slug="starting", title="Starting", purpose="First weeks.", clinical=True, position=1
        )


@pytest.fixture(scope="module")
def hidden(category, people, django_db_blocker):
    """One private row of each kind, all with the same pk."""
    with django_db_blocker.unblock():
        _hide(category, people["owner"], people["moderator"])


def _hide(category, owner, moderator):
    later = {"published_at": timezone.now(), "last_post_at": timezone.now(), "state": "removed"}
    thread = Thread.objects.create(pk=NUMBER, category=category, author=owner, title=SECRET, **later)
    post = Post.objects.create(pk=NUMBER, thread=thread, author=owner)
    words = {"title": SECRET, "body": SECRET, "html": SECRET, "render_version": 1}
    revision = PostRevision.objects.create(pk=NUMBER, post=post, number=1, **words)
    held = {"by": moderator, "credential": moderator.credentials.get(), "waited": timedelta(0), "note": SECRET}
    no = Decision.objects.create(pk=NUMBER, revision=revision, action="changes", reason="dose", **held)
    Appeal.objects.create(pk=NUMBER, decision=no, text=SECRET)
    Report.objects.create(pk=NUMBER, post=post, by=owner, reason="dose", note=SECRET)
    Draft.objects.create(pk=NUMBER, author=owner, thread=thread, form_data={"body": SECRET})


@pytest.fixture(scope="module")
def members_post(category, people, django_db_blocker):
    with django_db_blocker.unblock():
        words = {"title": FOR_MEMBERS, "members_only": True}
        return published_post(people["owner"], FOR_MEMBERS, category=category, by=people["moderator"], **words)


def rows():
    tables = (Thread, Post, PostRevision, Decision, Appeal, Report, Draft, Category)
    return [list(table.objects.order_by("pk").values()) for table in tables], User.objects.count()


@pytest.mark.parametrize("who", ["visitor", "member", "unqualified"])
@pytest.mark.parametrize(("name", "arguments"), list(addresses()), ids=lambda v: v if isinstance(v, str) else "")
def test_another_members_pk_opens_and_changes_nothing(browsers, hidden, db, who, name, arguments):
    client = fresh(browsers[who])
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
def test_visitors_reach_no_members_only_page_by_pk(browsers, members_post, db, name, arguments, who):
    """Members can read the post, but not do what only its author or moderators may do."""
    numbers = {key: members_post.pk for key, value in arguments.items() if value == NUMBER}
    if "slug" in arguments:
        numbers["pk"] = members_post.thread_id
    response = fresh(browsers[who]).get(reverse(f"forum:{name}", kwargs={**arguments, **numbers}))
    if who == "visitor":
        assert response.status_code in REFUSED
        assert FOR_MEMBERS not in response.content.decode() + response.headers.get("Location", "")


def test_the_addresses_are_not_empty():
    assert len(list(addresses())) > 20
