import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.conduct.sanctions import impose, lift
from accounts.models import Block, Sanction
from accounts.privacy.account_deletion import request_deletion
from accounts.profiles.names import rename
from forum.experiences import consent
from forum.models import Experience, OutsideText, ReadOnlyPeriod, ReviewItem, TriageMatch
from forum.moderation.experience_decisions import remove_experience
from forum.moderation.post_removal import hide, remove, restore
from forum.posting.posts import delete_post
from forum.publishing.experiences import withdraw_experiences
from forum.triage import rule_store
from tests.conftest import logged_in
from tests.forum.conftest import STORY

FIELDS = {
    **{name: getattr(STORY, name) for name in Experience.CODED},
    "body": STORY.text,
    "shown_as": "member",
    "consent": "on",
}
LIST, MINE, WRITE = "/guide/experiences/from-members/", "/forum/experience/", "/forum/experience/write/"


def read(client, address=LIST):
    return client.get(address).content.decode()


def test_visitors_read_a_story_with_its_answers_and_without_a_name(client, tell, maya):
    tell(maya)
    page = read(client)
    for words in (STORY.text, "Tablets only before drinking, to drink less", f"A member, {timezone.now():%B %Y}"):
        assert words in page
    assert "Don’t change a dose, start or stop because of a story" in page
    assert 'href="/guide/experiences/feedback/"' in page
    assert 'name="robots" content="noindex, noarchive"' in page
    assert "Maya" not in page


def test_who_wants_their_name_shown_has_it_shown(client, tell, maya):
    tell(maya, shown_as="name")
    assert f"Maya, {timezone.now():%B %Y}" in read(client)
    rename(maya, "Calm Plover", by=maya)
    assert "Maya" not in read(client, f"{LIST}?before=")


@pytest.mark.parametrize("kind", Block.Kind.values)
@pytest.mark.parametrize(("shown_as", "seen"), [("name", False), ("member", True)])
def test_readers_who_avoid_an_author_see_no_story_under_that_name(client, tell, maya, noah, kind, shown_as, seen):
    tell(maya, shown_as=shown_as)
    Block.objects.create(owner=noah, other=maya, kind=kind)
    readers = (logged_in(noah), logged_in(maya), client)
    assert [STORY.text in read(reader) for reader in readers] == [seen, True, True]


def test_text_of_members_is_escaped(client, tell, maya):
    tell(maya, "<script>alert(1)</script> & so on")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in read(client)


def test_nothing_on_the_page_tells_who_wrote_the_anonymous_post_that_a_story_comes_from(
    client, published, tell, maya, noah
):
    pages = []
    for member in (maya, noah):
        tell(member, post=published(member, "Zebras.", anonymous=True))
        page = read(client, f"{LIST}?before=")
        assert member.display_name not in page
        assert f"/post/{Experience.objects.latest('pk').post_id}/" not in page
        pages.append(page.replace(f"story-{Experience.objects.latest('pk').pk}", "story"))
        withdraw_experiences(member)
    assert pages[0] == pages[1]


def test_older_stories_are_on_the_next_page(client, tell, maya, noah, vera, settings, monkeypatch):
    monkeypatch.setattr("forum.experiences.views.PAGE", 2)
    for number, member in enumerate([maya, noah, vera]):
        tell(member, f"Zebra {number}.")
    first = read(client)
    assert [f"Zebra {n}." in first for n in range(3)] == [False, True, True]
    cursor = first.partition('href="?before=')[2].partition('"')[0]
    second = read(client, f"{LIST}?before={cursor}")
    assert [f"Zebra {n}." in second for n in range(3)] == [True, False, False]


def test_the_number_of_queries_does_not_grow_with_the_stories(client, tell, maya, noah, django_assert_num_queries):
    tell(maya)
    tell(noah)
    with django_assert_num_queries(3):
        read(client, f"{LIST}?before=x")


EVERYWHERE = [
    *(
        LIST,
        "/",
        "/guide/",
        "/guide/print/",
        "/guide/changes.atom",
        "/guide/experiences/",
        "/forum/",
        "/forum/threads/",
    ),
    *("/search/?q=zebras", "/search/?in=forum&q=zebras", "/search/suggestions-fragment?q=zebras"),
    *("/open-data/", "/open-data/api/v1/", "/open-data/api/v1/articles/", "/guide/help-lines.json", "/sitemap.xml"),
    *("/sitemap-pages.xml", "/sitemap-guide.xml", "/for-clinics/", "/forum/transparency/"),
]
ENDS = {
    "its author withdraws it": lambda story, people: logged_in(story.author).post("/forum/experience/withdraw/"),
    "its author asks for their account to be deleted": lambda story, people: request_deletion(
        story.author, posts_choice="leave"
    ),
    "its author is suspended": lambda story, people: impose(
        story.author, by=people["vera"], kind="suspension", reason="r", message="m"
    ),
    "a moderator removes it": lambda story, people: remove_experience(
        story, by=people["okafor"], reason="dose", note="No."
    ),
    "its author deletes the post that it comes from": lambda story, people: delete_post(story.post, by=story.author),
    "a moderator removes the post that it comes from": lambda story, people: remove(
        story.post, by=people["okafor"], reason="dose", note="No."
    ),
    "a moderator hides the post that it comes from": lambda story, people: hide(
        story.post, by=people["okafor"], reason="dose"
    ),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_story_is_gone_everywhere_at_once(
    how, guide, published, tell, maya, vera, dr_okafor, django_capture_on_commit_callbacks
):
    """Pages of visitors are cached: each is asked before and afterwards, and the moderator and a member ask as well."""
    story = tell(maya, post=published(maya, "Another text."))
    visitor, member, moderator = logged_in(), logged_in(vera), logged_in(dr_okafor)
    before = {address: STORY.text in read(visitor, address) for address in EVERYWHERE}
    assert [address for address, found in before.items() if found] == [LIST]
    with django_capture_on_commit_callbacks(execute=True):
        ENDS[how](story, {"vera": vera, "okafor": dr_okafor})
    for client in (visitor, member, moderator, logged_in()):
        assert [address for address in EVERYWHERE if STORY.text in read(client, address)] == []


def test_a_story_comes_back_with_its_author(client, published, tell, maya, vera, dr_okafor):
    post = published(maya, "Another text.")
    tell(maya, post=post)
    impose(maya, by=vera, kind="suspension", reason="r", message="m")
    lift(Sanction.objects.get(), by=vera, reason="r")
    hide(post, by=dr_okafor, reason="dose")
    restore(post, by=dr_okafor)
    assert Experience.objects.public().count() == 1


def test_a_cdn_asks_for_the_page_each_time(client, tell, maya):
    tell(maya)
    assert client.get(LIST)["Cache-Control"] == "public, no-cache"


def test_a_member_writes_a_story_agrees_and_sees_what_became_of_it(client, maya):
    client.force_login(maya)
    assert "Write your story" in read(client, MINE)
    form = read(client, WRITE)
    assert consent.TEXT.partition("\n")[0] in form
    refused = client.post(WRITE, FIELDS | {"consent": "", "goal": ""}).content.decode()
    assert "Your story can only be published if you agree." in refused
    assert "Choose an answer." in refused
    assert STORY.text in refused
    assert client.post(WRITE, FIELDS)["Location"] == MINE
    page = read(client, MINE)
    for words in ("A clinician will read this before it appears", STORY.text, "Withdraw your story", "version 1"):
        assert words in page
    assert client.get(WRITE)["Location"] == MINE  # it waits


def test_help_lines_are_shown_at_once_with_a_story_about_danger(client, maya):
    rule_store.load()
    client.force_login(maya)
    client.post(WRITE, FIELDS | {"body": "I want to kill myself tonight."})
    assert "What you wrote sounds urgent." in read(client, MINE)


def test_a_story_that_cannot_be_sent_is_read_for_danger_and_given_back(client, maya):
    rule_store.load()
    ReadOnlyPeriod.objects.create(reason="No one is here.")
    client.force_login(maya)
    page = client.post(WRITE, FIELDS | {"body": "I want to kill myself tonight."}).content.decode()
    for words in ("isn’t taking new posts", "I want to kill myself tonight.", "What you wrote sounds urgent."):
        assert words in page
    assert OutsideText.objects.get().source == "unsent"
    assert ReviewItem.objects.get().kind == "danger"


def test_a_suspended_member_is_told_why_and_gets_the_text_back(client, maya, vera):
    client.force_login(maya)
    impose(maya, by=vera, kind="suspension", reason="r", message="m")
    assert "Your account is suspended" in read(client, WRITE)
    page = client.post(WRITE, FIELDS).content.decode()
    assert ("Your account is suspended" in page, STORY.text in page) == (True, True)
    assert Experience.objects.count() == 0


def test_who_is_logged_out_meanwhile_gets_the_text_back(client, db):
    assert STORY.text in client.post(WRITE, FIELDS).content.decode()


def test_a_post_is_offered_from_its_menu_with_its_words_as_readers_see_them(client, published, maya):
    post = published(maya, "Zebras in the evening.")
    client.force_login(maya)
    address = f"{WRITE}?post={post.pk}"
    assert f'href="{address}"' in read(client, post.thread.get_absolute_url())
    assert "Zebras in the evening.</textarea>" in read(client, address)
    client.post(address, FIELDS)
    assert Experience.objects.get().post == post


def test_an_anonymous_post_offers_no_name(client, published, maya):
    post = published(maya, "Zebras.", anonymous=True)
    client.force_login(maya)
    address = f"{WRITE}?post={post.pk}"
    assert 'value="name"' not in read(client, address)
    assert client.post(address, FIELDS | {"shown_as": "name"}).status_code == 200
    client.post(address, FIELDS)
    assert Experience.objects.get().byline == "A member"
    Experience.objects.update(state="changes")
    client.post(WRITE, FIELDS | {"shown_as": "name"})  # a change doesn't lose the post
    assert Experience.objects.count() == 1


def test_no_one_offers_the_post_of_another_or_one_that_is_not_public(client, published, say, maya, noah):
    client.force_login(maya)
    for post in (published(noah, "Noah writes."), say(maya, "Not read yet.", public=False)):
        assert client.get(f"{WRITE}?post={post.pk}").status_code == 404
    assert client.get(f"{WRITE}?post=x").status_code == 404


def test_a_story_whose_post_is_gone_says_so_and_can_be_told_anew(client, published, tell, maya, noah):
    post = published(maya, "Zebras.")
    tell(maya, post=post)
    delete_post(post, by=maya)
    client.force_login(maya)
    assert "because your post isn’t public anymore" in read(client, MINE)
    assert client.get(WRITE)["Location"] == MINE
    client.post("/forum/experience/withdraw/")
    assert client.post(WRITE, FIELDS)["Location"] == MINE
    assert Experience.objects.waiting().get().post is None


def test_withdrawing_takes_one_tap_even_while_suspended(client, tell, maya, vera):
    tell(maya)
    impose(maya, by=vera, kind="suspension", reason="r", message="m")
    client.force_login(maya)
    page = client.post(reverse("forum:withdraw-experience"), follow=True).content.decode()
    assert "Your story is withdrawn. No one can read it here anymore." in page
    assert (Experience.objects.get().text, TriageMatch.objects.count()) == ("", 0)
