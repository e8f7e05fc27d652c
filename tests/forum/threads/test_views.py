import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Sanction
from forum.members.reactions_and_follows import mark_read
from forum.models import Category, Post, PostRevision, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, delete_post, edit_post
from forum.threads.pagination import PER_PAGE
from tests.forum.conftest import let_undo_run_out


def page(client, url, **data):
    return client.get(url, data).content.decode()


def test_a_waiting_post_is_shown_nowhere(client, say, maya, category):
    post = say(maya, "Words that wait.", public=False)
    for url in (reverse("forum:index"), category.get_absolute_url(), "/search/?q=wait", "/sitemap.xml"):
        assert "Words that wait" not in page(client, url)
    assert client.get(reverse("forum:post", args=[post.pk])).status_code == 404
    assert client.get(reverse("forum:thread", args=[post.thread_id, "thread"])).status_code == 404


def test_a_visitor_reads_a_thread_without_a_cookie(client, published, maya, noah):
    thread = published(maya, "A **question**.", warning="Hard words").thread
    published(noah, "An answer.", thread)
    response = client.get(thread.get_absolute_url())
    html = response.content.decode().split("<body")[1]
    assert "<strong>question</strong>" in html
    assert "<summary>Hard words</summary>" in html
    assert html.index("question</strong>") < html.index("An answer.")
    assert response.cookies == {}


def test_posts_link_moderators_to_moderation_pages(client, say, published, maya, noah, dr_okafor, dr_lind):
    thread = published(maya, "Question.").thread
    own = say(dr_okafor, "Mine.", thread, public=False)
    approve(own.revisions.get(), by=dr_lind)
    links = [reverse("forum:moderate-post", args=[post.pk]) for post in (thread.posts.first(), own)]
    seen = {}
    for who in (None, noah, dr_okafor):
        if who:
            client.force_login(who)
        page = client.get(thread.get_absolute_url()).content.decode()
        seen[who] = [link in page for link in (*links, reverse("forum:moderate-thread", args=[thread.pk]))]
    assert seen == {None: [False] * 3, noah: [False] * 3, dr_okafor: [True, False, True]}


def test_a_member_who_may_not_post_is_not_sent_to_the_login_page(client, published, maya, noah):
    thread = published(maya, "Question.").thread
    Sanction.objects.create(user=noah, kind="suspension", reason="r", message="m")
    client.force_login(noah)
    page = client.get(thread.get_absolute_url()).content.decode()
    assert ("Your account is suspended" in page, "to reply" in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_visitors_thread_costs_three_queries(client, published, maya, count, django_assert_num_queries):
    thread = published(maya, "Question.").thread
    for n in range(count - 1):
        published(maya, f"Reply {n}.", thread)
    with django_assert_num_queries(3):  # thread, posts, help lines
        client.get(thread.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_lists_and_index_cost_the_same_for_one_and_three_rows(
    client, published, maya, category, count, django_assert_num_queries
):
    for n in range(count):
        published(maya, f"Question {n}.")
        Category.objects.create(slug=f"c{n}", title=f"C{n}", purpose="p", position=n)
    with django_assert_num_queries(4):  # category, threads, standing threads, help lines
        client.get(category.get_absolute_url())
    with django_assert_num_queries(6):  # categories, waiting time, standing threads, latest, unanswered, help lines
        client.get(reverse("forum:index"))


def test_pages_are_by_position_and_an_invalid_number_gives_the_first(client, published, maya, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    thread = published(maya, "Question.").thread
    for n in range(PER_PAGE):
        published(maya, f"Reply {n}.", thread)
    url = thread.get_absolute_url()
    assert f"Reply {PER_PAGE - 1}." in page(client, url, page=2)
    for number in ("", "0", "-1", "x", "1.5"):
        assert "Question." in page(client, url, page=number)
    assert f"Reply {PER_PAGE - 1}." in page(client, url, page="9")
    last = Post.objects.get(position=PER_PAGE + 1)
    response = client.get(reverse("forum:post", args=[last.pk]))
    assert response["Location"] == f"{url}?page=2#post-{PER_PAGE + 1}"


def test_an_unpublished_post_keeps_its_place_but_not_its_text(client, published, maya, noah):
    thread = published(maya, "Question.").thread
    gone = published(noah, "Regretted.", thread)
    published(maya, "Later.", thread)
    delete_post(gone, by=noah)
    html = page(client, thread.get_absolute_url())
    assert "Regretted" not in html
    assert "This post was deleted by its author." in html
    assert 'id="post-3"' in html


def test_an_anonymous_post_does_not_name_its_author(client, published, maya):
    html = page(client, published(maya, "Secret.", anonymous=True).thread.get_absolute_url())
    assert "Anonymous member 1" in html
    assert "Maya" not in html


@pytest.mark.parametrize("where", ["thread", "category"])
def test_members_only_threads_return_404_for_visitors(client, published, maya, category, where):
    thread = published(maya, "For us.", title="Inner", members_only=where == "thread").thread
    Category.objects.update(members_only=where == "category")
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert "Inner" not in page(client, reverse("forum:index"))
    client.force_login(maya)
    assert '<meta name="robots" content="noindex">' in page(client, thread.get_absolute_url())


def test_thread_pages_have_no_gaps_while_new_threads_arrive(client, published, maya, category, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    for n in range(PER_PAGE + 5):
        published(maya, f"Question {n}.", title=f"Title {n}.")
    first = client.get(category.get_absolute_url())
    published(maya, "New one.", title="Newcomer")
    second = client.get(category.get_absolute_url(), {"before": first.context["older"]})
    titles = [t.title for response in (first, second) for t in response.context["threads"]]
    assert titles == [f"Title {n}." for n in range(PER_PAGE + 4, -1, -1)]
    for rubbish in ("x", "2026-01-01_1", "_", "9" * 50, f"{timezone.now().isoformat()}_{'9' * 40}"):
        assert client.get(category.get_absolute_url(), {"before": rubbish}).status_code == 200


def test_a_post_is_written_changed_on_request_and_published(client, category, maya, dr_okafor):
    client.force_login(maya)
    url = reverse("forum:new-thread", args=[category.slug])
    key = re.search(r'name="key" value="([^"]+)"', page(client, url))[1]
    form = {"title": "How long?", "body": "I take 50.", "key": key}
    assert "Write your post." in client.post(url, {**form, "body": ""}).content.decode()
    sent = client.post(url, form)
    assert client.post(url, form)["Location"] == sent["Location"]
    assert "A clinician will read this" in page(client, sent["Location"])
    revision = PostRevision.objects.get()
    client.force_login(dr_okafor)
    assert "How long?" in page(client, reverse("forum:review-queue"))
    item = client.get(reverse("forum:review", args=[revision.pk]))["Location"]
    assert "This field is required." in client.post(f"{item}do/changes/").content.decode()
    client.post(f"{item}do/changes/", {"changes-reason": "dose", "changes-note": "Please leave out the number."})
    let_undo_run_out()
    client.force_login(maya)
    html = page(client, sent["Location"])
    assert "Please leave out the number." in html
    client.post(
        reverse("forum:edit-post", args=[revision.post_id]), {"title": "How long?", "body": "I take it.", "seen": 1}
    )
    client.force_login(dr_okafor)
    new = PostRevision.objects.get(number=2)
    late = client.post(f"{item}do/approve/")
    assert late.status_code == 409
    assert "A colleague (physician) decided at" in late.content.decode()
    client.post(client.get(reverse("forum:review", args=[new.pk]))["Location"] + "do/approve/")
    let_undo_run_out()
    client.logout()
    assert "I take it." in page(client, Thread.objects.get().get_absolute_url())


def test_a_post_with_too_many_links_keeps_what_was_typed(client, category, maya):
    client.force_login(maya)
    body = " ".join(f"https://{n}.example" for n in range(4))
    html = client.post(reverse("forum:new-thread", args=[category.slug]), {"title": "T", "body": body, "key": uuid4()})
    assert body in html.content.decode()
    assert "at most 3 links" in html.content.decode()


def test_members_cannot_open_others_my_post_pages(client, say, maya, noah):
    post = say(maya, "Waiting.", public=False)
    client.force_login(noah)
    for name, method in [("my-post", "get"), ("edit-post", "get"), ("withdraw-post", "post"), ("delete-post", "post")]:
        assert getattr(client, method)(reverse(f"forum:{name}", args=[post.pk])).status_code == 404


def test_the_queue_is_for_moderators_only(client, say, maya, elif_, dr_okafor):
    revision = say(dr_okafor, "Mine.", public=False).revisions.get()
    for person in (maya, elif_):
        client.force_login(person)
        assert client.get(reverse("forum:review-queue")).status_code == 404
    client.force_login(dr_okafor)
    assert "Nothing is waiting." in page(client, reverse("forum:review-queue"))
    assert client.get(reverse("forum:review", args=[revision.pk])).status_code == 404


def test_my_posts_show_their_state(client, published, maya):
    post = published(maya, "One.")
    edit_post(post, PostText("Two.", title="T"), by=maya)
    client.force_login(maya)
    assert "your edit is waiting" in page(client, reverse("forum:my-posts"))


def test_the_description_of_a_thread_is_how_it_begins(client, published, maya):
    threads = [published(maya, f"Every morning I feel sick {n}. **Why?**", title="Sick").thread for n in (1, 2)]
    warned = published(maya, "Blood.", warning="Injury").thread
    found = [client.get(t.get_absolute_url()).content.decode() for t in (*threads, warned)]
    descriptions = [html.split('name="description"')[1].split('content="')[1].split('"')[0] for html in found]
    assert descriptions == ["Every morning I feel sick 1. Why?", "Every morning I feel sick 2. Why?", "Injury"]


def test_a_member_sees_where_new_posts_begin(client, published, maya, noah):
    thread = published(maya, "Question.").thread
    published(maya, "The next evening.", thread)
    client.force_login(noah)
    assert "New since you last read" not in client.get(thread.get_absolute_url()).content.decode()
    mark_read(Thread.objects.get(pk=thread.pk), by=noah, position=1)
    page = client.get(thread.get_absolute_url()).content.decode().split("<h1")[1]
    assert page.index("Question.") < page.index("New since you last read") < page.index("The next evening.")


@pytest.mark.parametrize("reader", ["noah", None])
def test_a_thread_does_not_reveal_a_block(client, published, maya, noah, reader):
    """A blocked member reads as everyone does; only replying is refused, in words that do not mention a block."""
    thread = published(maya, "Question.").thread
    Block.objects.create(owner=maya, other=noah, kind="block")
    if reader:
        client.force_login(noah)
    page = client.get(thread.get_absolute_url()).content.decode()
    main = page.split("<h1")[1].split("</main>")[0]
    assert "Question." in main
    assert "collapsed" not in main
    assert "muted or blocked" not in main
    assert ("You can’t write in this thread. You can start your own." in main) == bool(reader)


def test_a_profile_lists_posts_by_name_only_if_its_member_wants(client, published, maya, noah):
    published(maya, "By name.", title="Openly")
    published(maya, "Hidden.", title="Secretly", anonymous=True)
    published(maya, "Inner.", title="Inside", members_only=True)
    for listed in (False, True):
        maya.profile_public, maya.posts_on_profile = True, listed
        maya.save()
        html = page(client, reverse("accounts:profile", args=[maya.pk]))
        assert ("Openly" in html, "Secretly" in html, "Inside" in html) == (listed, False, False)
    client.force_login(noah)
    assert "Inside" in page(client, reverse("accounts:profile", args=[maya.pk]))
