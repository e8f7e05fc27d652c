"""Moderation actions on published posts and threads through their pages, without JavaScript."""

import pytest
from django.urls import reverse

from accounts.models import Notification
from forum.models import Category, ClinicalNote, Decision, PendingAction, Post, ReviewItem, Thread, ThreadLogEntry
from forum.moderation import thread_actions
from forum.moderation.clinical_notes import add_note
from tests.forum.conftest import let_undo_run_out


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def last_told(person):
    return Notification.objects.of(person).latest("pk").sentence


@pytest.fixture
def desk(client, dr_lind):
    client.force_login(dr_lind)
    return client


@pytest.fixture
def do(desk):
    """Submit the form of an action and let its undo run out."""

    def do(about, name, **fields):
        kind = "post-action" if isinstance(about, Post) else "thread-action"
        answer = desk.post(url(kind, about.pk, name), {f"{name}-{key}": value for key, value in fields.items()})
        let_undo_run_out()
        return answer

    return do


@pytest.mark.parametrize(("name", "state", "told"), [
    ("hide", "hidden", "A moderator is reviewing your post. Others can’t read it until then."),
    ("remove", "removed", "A moderator removed your post."),
])  # fmt: skip
def test_a_post_can_be_hidden_or_removed_and_restored(desk, do, published, maya, name, state, told):
    post = published(maya, "Words.")
    assert told in page(desk.get(url("moderate-post", post.pk)))
    html = page(do(post, name, reason="", note="Kept words."))
    assert "This field is required." in html
    assert "Kept words." in html
    assert do(post, name, reason="unkind", note="Please.")["Location"] == url("moderate-post", post.pk)
    post.refresh_from_db()
    assert (post.state, last_told(maya)) == (state, told)
    do(post, "restore", note="Sorry.")
    assert last_told(maya) == "Your post is back in the forum."
    last = Decision.objects.order_by("-pk")[:2]
    assert [(d.action, d.reason, d.note) for d in last] == [("restored", "", "Sorry."), (state, "unkind", "Please.")]
    assert "This is no longer possible" in page(do(post, "restore"), 409)


def test_a_note_can_be_added_flagged_and_withdrawn(desk, do, published, maya):
    post = published(maya, "Words.")
    assert "This field is required." in page(do(post, "note", body=""))
    do(post, "note", body="Ask first.")
    note = ClinicalNote.objects.get()
    assert last_told(maya) == "A clinician added a note to your post."
    do(post, "stale", note=note.pk)
    do(post, "stale", note=note.pk)
    assert ReviewItem.objects.open().get().note == note
    do(post, "withdraw-note", note=note.pk)
    note.refresh_from_db()
    assert (note.state, ReviewItem.objects.open().count()) == ("withdrawn", 0)
    assert list(ThreadLogEntry.objects.values_list("action", flat=True)) == ["noted", "stale", "stale", "unnoted"]
    assert "(withdrawn)" in page(desk.get(url("moderate-post", post.pk)))


def test_a_note_on_another_post_cannot_be_chosen(do, published, maya, noah, dr_okafor):
    post, other = published(maya, "Words."), published(noah, "Others.")
    add_note(post, by=dr_okafor, body="Here.")
    note = add_note(other, by=dr_okafor, body="There.")
    assert "Select a valid choice" in page(do(post, "withdraw-note", note=note.pk))


def test_only_another_moderator_can_mark_a_clinicians_answer(client, do, published, maya, dr_okafor, dr_lind):
    thread = published(maya, "Question.").thread
    answer = published(dr_lind, "An answer.", thread)
    Thread.objects.update(answer=None)
    assert do(answer, "answer").status_code == 404
    client.force_login(dr_okafor)
    client.post(url("post-action", answer.pk, "answer"))
    assert (Thread.objects.get().answer, ThreadLogEntry.objects.get().action) == (answer, "answer")


def test_a_thread_can_be_closed_opened_pinned_and_slowed(desk, do, published, maya):
    thread = published(maya, "Question.").thread
    for name, fields in [("lock", {}), ("unlock", {}), ("pin", {}), ("unpin", {}), ("slow", {"minutes": "30"})]:
        assert do(thread, name, **fields)["Location"] == url("moderate-thread", thread.pk)
    assert "less than or equal to 1440" in page(do(thread, "slow", minutes="9999"))
    assert [a.action for a in thread.log_entries.all()] == ["locked", "unlocked", "pinned", "unpinned", "slowed"]
    assert "slow mode: 30 min" in page(desk.get(url("moderate-thread", thread.pk)))
    assert do(thread, "unlock").status_code == 409


def test_a_moved_thread_keeps_its_address(client, do, published, maya):
    thread = published(maya, "Question.").thread
    other = Category.objects.create(slug="other", title="Other", purpose="p", position=2)
    assert "This field is required." in page(do(thread, "move", reason="Kept why."))
    assert "Select a valid choice" in page(do(thread, "move", category=thread.category_id))
    do(thread, "move", category=other.pk, reason="Fits.")
    assert last_told(maya) == "A moderator moved your thread to “Other”."
    assert client.get(thread.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("into", ["none", "999999", "https://example.org/x"])
def test_a_merge_into_an_unknown_thread_shows_a_field_error(do, published, maya, into):
    thread = published(maya, "Question.").thread
    html = page(do(thread, "merge", into=into, reason="Kept why."))
    assert "There is no public thread with this address or number." in html
    assert "Kept why." in html


def test_the_other_thread_is_shown_before_anything_is_merged(do, published, maya, noah):
    thread, other = published(maya, "Question.").thread, published(noah, "With food?", title="Taking it").thread
    published(maya, "It helped me.", other)
    for fields in ({"into": other.pk}, {"into": other.pk, "seen": thread.pk}):
        html = page(do(thread, "merge", **fields, reason="The same."))
        assert "The same." in html
        for words in (
            "Taking it",
            "2 posts",
            "First post, by Noah",
            "With food?",
            "Newest post, by Maya",
            "It helped me.",
        ):
            assert words in " ".join(html.split()), words
        assert f'name="merge-seen" value="{other.pk}"' in html
    assert not ThreadLogEntry.objects.filter(action="merged").exists()
    assert not PendingAction.objects.exists()
    do(thread, "merge", into=other.pk, seen=other.pk)
    assert ThreadLogEntry.objects.get(action="merged").other == other


def test_errors_of_the_service_are_shown_at_the_field(do, published, maya):
    thread = published(maya, "Question.").thread
    assert "merge a thread into itself" in page(do(thread, "merge", into=str(thread.pk), seen=str(thread.pk)))


def test_addresses_of_merged_threads_redirect_permanently(client, do, published, maya, noah):
    one, two, three = (
        published(who, f"{n}.", title=n).thread for who, n in ((maya, "One"), (noah, "Two"), (maya, "Three"))
    )
    late = published(noah, "Late.", one)
    merged = do(one, "merge", into=f"https://x.example{two.get_absolute_url()}", seen=str(two.pk))
    assert merged["Location"] == url("moderate-thread", one.pk)
    do(two, "merge", into=str(three.pk), seen=str(three.pk), reason="The same.")
    client.logout()
    for old, place in ((one, 3), (two, 2)):
        response = client.get(old.get_absolute_url())
        assert (response.status_code, response["Location"]) == (301, f"{three.get_absolute_url()}#post-{place}")
    assert client.get(url("post", late.pk))["Location"] == f"{three.get_absolute_url()}#post-4"


def test_a_page_of_a_merged_thread_redirects_to_its_posts(client, published, maya, noah, dr_lind, monkeypatch):
    monkeypatch.setattr("forum.threads.pagination.PER_PAGE", 2)
    one, two = published(maya, "One.").thread, published(noah, "Two.", title="Two").thread
    for n in range(3):
        published(noah, f"More {n}.", one)
    thread_actions.merge(one, two, by=dr_lind)
    old, new = one.get_absolute_url(), two.get_absolute_url()
    assert client.get(f"{old}?page=2")["Location"] == f"{new}?page=2#post-4"
    assert client.get(f"{old}?page=99999")["Location"] == f"{new}#post-2"


def test_permalinks_of_split_posts_redirect_to_the_new_thread(client, do, published, maya, noah):
    thread = published(maya, "One.").thread
    posts = [published(noah, f"{n}.", thread) for n in range(2, 5)]
    for places, wrong in [
        ("1", "split off these: 1."),
        ("two", "like 3, 5–7"),
        ("9", "these: 9."),
        ("2-999", "At most"),
    ]:
        html = page(do(thread, "split", posts=places, title="Kept title"))
        assert wrong in html
        assert "Kept title" in html
    response = do(thread, "split", posts="2, 3–3", title="Another question", reason="Its own.")
    new = Thread.objects.get(title="Another question")
    assert response["Location"] == url("moderate-thread", thread.pk)
    assert client.get(url("post", posts[1].pk))["Location"] == f"{new.get_absolute_url()}#post-2"
    assert client.get(url("post", posts[2].pk))["Location"] == f"{thread.get_absolute_url()}#post-4"


def test_no_actions_are_offered_on_ones_own_posts(desk, do, published, dr_lind):
    post = published(dr_lind, "A clinician writes.")
    assert 'class="action-panel"' not in page(desk.get(url("moderate-thread", post.thread_id)))
    for about, name in ((post, "note"), (post.thread, "pin")):
        assert do(about, name, body="x").status_code in (404, 409)
    assert not ThreadLogEntry.objects.exists()
