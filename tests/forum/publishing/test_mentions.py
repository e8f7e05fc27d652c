"""Mentions: who is mentioned, who is notified, and who is never found."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Block, Notification, User
from accounts.profiles.names import rename
from forum.models import Appeal, Mention, Post, PostRevision
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import RedactionSpan, approve
from forum.posting.posts import PostText, edit_post, reply
from forum.publishing import rerender
from forum.publishing.mentions import MAX_MENTIONS, mentionable_members, mentioned_members, preview, with_current_names
from forum.publishing.visible_text import rerender_revision
from forum.text.markdown import MAX_CHARACTERS
from tests.conftest import person
from tests.growth import assert_growth


@pytest.fixture
def thread(say, elif_, maya):
    """Elif's thread, in which Maya posts."""
    found = say(elif_, "Question.").thread
    say(maya, "Here.", found)
    Notification.objects.all().delete()
    return found


@pytest.fixture
def write(thread, noah):
    def write(body, by=noah, **words):
        return reply(thread, PostText(body, **words), by=by, key=uuid4()).revisions.get()

    return write


def named(revision):
    return sorted(mention.user.display_name for mention in revision.mentions.select_related("user"))


def told(user):
    return Notification.objects.of(user).filter(kind="mention").count()


@pytest.mark.parametrize(
    "body", ["@Maya, thank you.", "(@maya)", "**@MAYA**", "> @Maya\n\nYes.", "- @Máya", "    @Maya", "[@Noah] @Maya"]
)
def test_a_name_after_at_is_a_mention(write, body):
    revision = write(body)
    assert named(revision) == ["Maya"]
    assert "data-member" in revision.html
    assert "maya" not in revision.html.casefold().replace("á", "a")


@pytest.mark.parametrize(
    "body",
    ["`@Maya`", "```\n@Maya\n```", "[@Maya](https://example.org/)", "maya@Maya", "x@maya.org", "@Mayas", "@ Maya",
     "https://example.org/@Maya", "@maya.org", "<https://example.org/@Maya>", "Maya"],
)  # fmt: skip
def test_code_links_and_addresses_contain_no_mentions(write, body):
    revision = write(body)
    assert (named(revision), "data-member" in revision.html) == ([], False)


def test_the_longest_matching_name_is_mentioned(say, thread, write):
    for email, name in (("a", "Amber"), ("b", "Amber Gate")):
        say(person(email, name), "Here.", thread)
    assert named(write("@Amber Gate said so")) == ["Amber Gate"]
    assert named(write("@Amber said so, @Amber Gate.")) == ["Amber", "Amber Gate"]


def test_only_readable_named_authors_in_the_thread_can_be_mentioned(say, thread, write, maya, vera, dr_lind, dr_okafor):
    say(vera, "Waits.", thread, public=False)
    gone = say(dr_lind, "Went.", thread)
    remove(gone, by=dr_okafor, reason="spam")
    say(person("ines", "Ines"), "Elsewhere.")
    assert named(write("@Maya @Vera @Dr. Lind @Ines @Nobody Else")) == ["Maya"]


def test_members_cannot_mention_themselves(say, thread, write, noah):
    say(noah, "Mine.", thread)
    assert named(write("@Noah")) == []


def test_anonymous_members_are_neither_mentioned_nor_suggested(say, thread, write, vera, noah):
    say(vera, "Secret.", thread, anonymous=True)
    revision = write("@Vera")
    assert (named(revision), "@Vera" in revision.html) == ([], True)
    assert mentionable_members(thread, "v", by=noah) == []
    say(vera, "By name too.", thread)
    assert named(write("@Vera!")) == ["Vera"]


@pytest.mark.parametrize(("owner", "kind", "names"), [
    ("maya", "block", []), ("noah", "block", []), ("maya", "mute", ["Maya"]), ("noah", "mute", ["Maya"]),
])  # fmt: skip
def test_a_block_makes_the_name_plain_text(write, maya, noah, owner, kind, names):
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind=kind)
    assert named(write("@Maya")) == names


def test_a_block_does_not_reveal_an_anonymous_author(write, maya, noah, dr_okafor):
    """Maya blocked Noah. If his @Maya stayed plain text, or she got no notification, she would recognize him."""
    Block.objects.create(owner=maya, other=noah, kind="block")
    revision = write("@Maya", anonymous=True)
    approve(revision, by=dr_okafor)
    assert (named(revision), told(maya)) == (["Maya"], 1)


@pytest.mark.parametrize("state", ["leaving", "erased"])
def test_inactive_members_cannot_be_mentioned(write, maya, state):
    User.objects.filter(pk=maya.pk).update(state=state)
    assert named(write("@Maya")) == []


def test_an_old_name_mentions_no_one_and_the_new_one_its_owner(write, maya):
    rename(maya, "Quiet Harbour", by=maya)
    revision = write("@Maya")
    assert (named(revision), "@Maya" in revision.html) == ([], True)
    assert named(write("@quiet harbour")) == ["Quiet Harbour"]


def test_each_member_is_mentioned_once_and_only_in_the_first_twenty_places(say, thread, write, vera):
    say(vera, "Here.", thread)
    assert named(write("@Maya, @maya, @Maya.")) == ["Maya"]
    many = " ".join(f"@nobody{n}," for n in range(MAX_MENTIONS - 1))
    assert named(write(f"{many} @Maya, @Vera")) == ["Maya"]


def test_a_mention_notifies_at_publication_not_before(write, maya, dr_okafor):
    revision = write("@Maya")
    assert told(maya) == 0
    approve(revision, by=dr_okafor)
    assert told(maya) == 1


def test_an_edit_notifies_only_newly_mentioned_members(say, thread, write, maya, vera, noah, dr_okafor):
    say(vera, "Here.", thread)
    post = write("@Maya").post
    approve(post.revisions.get(), by=dr_okafor)
    for body in ("@Maya and @Vera", "Nobody.", "@Maya and @Vera again"):
        approve(edit_post(post, PostText(body), by=noah), by=dr_okafor)
    assert (told(maya), told(vera)) == (1, 1)


def test_a_mention_in_an_unpublished_revision_does_not_suppress_a_later_notification(write, maya, noah, dr_okafor):
    post = write("@Maya").post
    approve(edit_post(post, PostText("@Maya, see."), by=noah), by=dr_okafor)
    assert told(maya) == 1


def test_an_edit_does_not_notify_members_who_muted_or_blocked_the_author(
    say, thread, write, maya, vera, noah, dr_okafor
):
    post = write("Nobody.").post
    approve(post.revisions.get(), by=dr_okafor)
    edited = edit_post(post, PostText("@Maya"), by=noah)
    Block.objects.create(owner=maya, other=noah, kind="mute")
    approve(edited, by=dr_okafor)
    assert told(maya) == 0


def test_a_preview_shows_mentions_and_stores_nothing(thread, maya, noah):
    post = Post(thread=thread, author=noah)
    html = preview("@maya and @Vera", mentioned_members(post, "@maya and @Vera"))
    assert html == '<p><span class="mention">@Maya</span> and @Vera</p>\n'
    assert Mention.objects.count() == 0


def test_quoted_and_edited_texts_have_the_current_name(write, maya):
    revision = write("Thanks, @maya. `@maya` too.")
    rename(maya, "Quiet Harbour", by=maya)
    assert with_current_names(revision.body, revision) == "Thanks, @Quiet Harbour. `@Quiet Harbour` too."
    maya.state = User.State.ERASED
    maya.save()
    assert with_current_names(revision.body, revision) == "Thanks, former member. `former member` too."


def test_rerendering_keeps_mentions(write, maya):
    revision = write("@Maya and `@Maya`")
    html = revision.html
    rename(maya, "Quiet Harbour", by=maya)
    PostRevision.objects.filter(pk=revision.pk).update(html="", render_version=0)
    rerender.rerender_all()
    revision.refresh_from_db()
    assert revision.html == html


def test_a_redacted_mention_notifies_no_one_and_is_restored_with_the_text(write, maya, dr_okafor):
    revision = write("Thanks, @Maya.")
    decision = approve(revision, by=dr_okafor, redactions=[RedactionSpan(8, 13, "name")])
    revision.refresh_from_db()
    assert ("data-member" in revision.html, told(maya)) == (False, 0)
    PostRevision.objects.update(render_version=0)
    rerender.rerender_all()
    revision.refresh_from_db()
    assert "data-member" not in revision.html
    Appeal.objects.create(
        decision=decision, text="Why?", state="overturned", answered_by=maya, answered_at=timezone.now()
    )
    rerender_revision(revision)
    assert "data-member" in revision.html


def test_suggestions_match_the_beginning_of_names(say, thread, maya, noah, vera):
    say(vera, "Here.", thread)
    assert [str(p) for p in mentionable_members(thread, "", by=noah)] == ["Elif", "Maya", "Vera"]
    assert [str(p) for p in mentionable_members(thread, "MA", by=noah)] == ["Maya"]
    assert mentionable_members(thread, "%", by=noah) == mentionable_members(thread, "\x00", by=noah) == []
    Block.objects.create(owner=vera, other=noah, kind="block")
    assert mentionable_members(thread, "v", by=noah) == []


@pytest.mark.parametrize("unit", ["@a ", "@Maya ", "@a b c d e f ", "@é ü ñ ", "`@Maya` ", "@Maya*"])
def test_the_time_to_parse_mentions_is_linear(thread, noah, unit):
    post = Post(thread=thread, author=noah)
    assert_growth(lambda text: mentioned_members(post, text), (unit * MAX_CHARACTERS)[:MAX_CHARACTERS])


def test_an_anonymous_author_who_is_named_is_linked_like_anyone_else(say, maya, noah):
    """A name that is not linked would be the author's."""
    thread = say(maya, "By name.").thread
    say(noah, "By name.", thread)
    pages = []
    for who in (maya, noah):
        post = say(who, "@Maya and @Noah, what do you think?", thread, anonymous=True)
        pages.append(post.live_revision.html)
        assert not Notification.objects.filter(recipient=who, kind="mention", subject_id=post.pk).exists()
    assert pages[0] == pages[1]
    assert pages[0].count("data-member") == 2
    assert "data-member" not in say(maya, "I, @Maya, say so.", thread).live_revision.html
