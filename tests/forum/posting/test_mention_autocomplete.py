import re

import pytest
from django.urls import reverse

from forum.models import Thread
from tests.forum.conftest import put


@pytest.fixture
def thread(published, elif_, maya, vera):
    found = published(elif_, "Question.").thread
    published(maya, "Here.", found)
    published(vera, "Secret.", found, anonymous=True)
    return found


def offered(client, thread, name=""):
    answer = client.get(reverse("forum:mention-fragment", args=[thread.pk]), {"name": name})
    return answer.status_code, re.findall(r"<li[^>]*>(.*?)</li>", answer.content.decode())


def test_only_named_authors_in_the_thread_are_suggested(client, thread, noah):
    client.force_login(noah)
    assert offered(client, thread) == (200, ["Elif", "Maya"])
    assert offered(client, thread, "ma") == (200, ["Maya"])
    assert offered(client, thread, "ver") == (200, [])


@pytest.mark.parametrize("state", ["waiting", "removed"])
def test_an_unreadable_thread_suggests_no_one(client, thread, noah, state):
    put(Thread.objects.filter(pk=thread.pk), state=state)
    client.force_login(noah)
    assert offered(client, thread)[0] == 404


def test_a_member_who_may_not_post_gets_no_suggestions(client, thread, noah):
    noah.rules_accepted = 0
    noah.save()
    client.force_login(noah)
    assert offered(client, thread) == (200, [])


@pytest.mark.parametrize("people", [1, 3])
def test_suggestions_cost_the_same_queries_for_one_and_three_members(
    client, published, thread, noah, dr_lind, people, django_assert_num_queries
):
    for n in range(people):
        published(dr_lind, f"Reply {n}.", thread)
    client.force_login(noah)
    with django_assert_num_queries(2 + 3):  # person; thread, sanctions, people
        offered(client, thread)


def test_the_reply_form_has_the_suggestions_url_and_the_new_thread_form_does_not(client, thread, noah, category):
    client.force_login(noah)
    html = client.get(reverse("forum:reply", args=[thread.pk, thread.slug])).content.decode()
    assert f'data-people="{reverse("forum:mention-fragment", args=[thread.pk])}"' in html
    html = client.get(reverse("forum:new-thread", args=[category.slug])).content.decode()
    assert "data-people" not in html
