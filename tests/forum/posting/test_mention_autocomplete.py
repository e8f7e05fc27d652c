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


def test_only_people_of_the_thread_are_offered_and_no_one_anonymous(client, thread, noah):
    client.force_login(noah)
    assert offered(client, thread) == (200, ["Elif", "Maya"])
    assert offered(client, thread, "ma") == (200, ["Maya"])
    assert offered(client, thread, "ver") == (200, [])


@pytest.mark.parametrize("state", ["waiting", "removed"])
def test_a_thread_that_cannot_be_read_offers_nobody(client, thread, noah, state):
    put(Thread.objects.filter(pk=thread.pk), state=state)
    client.force_login(noah)
    assert offered(client, thread)[0] == 404


def test_who_may_not_write_is_offered_nobody(client, thread, noah):
    noah.rules_accepted = 0
    noah.save()
    client.force_login(noah)
    assert offered(client, thread) == (200, [])


@pytest.mark.parametrize("people", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    client, published, thread, noah, dr_lind, people, django_assert_num_queries
):
    for n in range(people):
        published(dr_lind, f"Reply {n}.", thread)
    client.force_login(noah)
    with django_assert_num_queries(2 + 3):  # person; thread, sanctions, people
        offered(client, thread)


def test_the_form_of_a_reply_knows_where_to_ask_and_that_of_a_new_thread_does_not(client, thread, noah, category):
    client.force_login(noah)
    html = client.get(reverse("forum:reply", args=[thread.pk, thread.slug])).content.decode()
    assert f'data-people="{reverse("forum:mention-fragment", args=[thread.pk])}"' in html
    html = client.get(reverse("forum:new-thread", args=[category.slug])).content.decode()
    assert "data-people" not in html
