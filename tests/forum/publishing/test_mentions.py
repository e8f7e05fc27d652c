"""Writing @ and a name: who is meant, who is told, and who is never found."""

from time import monotonic
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Block, Notification, User
from accounts.profiles.names import rename
from forum.models import Appeal, Mention, Post, PostRevision
from forum.moderation.decide import RedactionSpan, approve
from forum.moderation.post_removal import remove
from forum.posting.posts import Words, edit_post, reply
from forum.publishing import rerender
from forum.publishing.mentions import MOST_PLACES, named_now, people_to_name, preview, whom
from forum.publishing.visible_text import show_again
from forum.text.markdown import MAX_CHARACTERS
from tests.conftest import person


@pytest.fixture
def thread(say, elif_, maya):
    """Elif's, in which Maya takes part."""
    found = say(elif_, "Question.").thread
    say(maya, "Here.", found)
    Notification.objects.all().delete()
    return found


@pytest.fixture
def write(thread, noah):
    def write(body, by=noah, **words):
        return reply(thread, Words(body, **words), by=by, key=uuid4()).revisions.get()

    return write


def named(revision):
    return sorted(mention.user.display_name for mention in revision.mentions.select_related("user"))


def told(user):
    return Notification.objects.of(user).filter(kind="mention").count()


@pytest.mark.parametrize(
    "body", ["@Maya, thank you.", "(@maya)", "**@MAYA**", "> @Maya\n\nYes.", "- @Máya", "[@Noah] @Maya"]
)
def test_a_name_after_at_is_a_mention(write, body):
    revision = write(body)
    assert named(revision) == ["Maya"]
    assert "data-member" in revision.html
    assert "maya" not in revision.html.casefold().replace("á", "a")


@pytest.mark.parametrize(
    "body",
    ["`@Maya`", "```\n@Maya\n```", "    @Maya", "[@Maya](https://example.org/)", "maya@Maya", "x@maya.org", "@Mayas", "@ Maya",
     "https://example.org/@Maya", "@maya.org", "<https://example.org/@Maya>", "Maya"],
)  # fmt: skip
def test_code_links_and_addresses_name_nobody(write, body):
    revision = write(body)
    assert (named(revision), "data-member" in revision.html) == ([], False)


def test_the_longest_name_is_meant(say, thread, write):
    for email, name in (("a", "Amber"), ("b", "Amber Gate")):
        say(person(email, name), "Here.", thread)
    assert named(write("@Amber Gate said so")) == ["Amber Gate"]
    assert named(write("@Amber said so, @Amber Gate.")) == ["Amber", "Amber Gate"]


def test_only_who_takes_part_where_it_can_be_read_is_named(say, thread, write, maya, vera, dr_lind, dr_okafor):
    say(vera, "Waits.", thread, public=False)
    gone = say(dr_lind, "Went.", thread)
    remove(gone, by=dr_okafor, reason="spam")
    say(person("ines", "Ines"), "Elsewhere.")
    assert named(write("@Maya @Vera @Dr. Lind @Ines @Nobody Else")) == ["Maya"]


def test_nobody_names_themselves(say, thread, write, noah):
    say(noah, "Mine.", thread)
    assert named(write("@Noah")) == []


def test_the_anonymous_are_neither_found_nor_offered(say, thread, write, vera, noah):
    say(vera, "Secret.", thread, anonymous=True)
    revision = write("@Vera")
    assert (named(revision), "@Vera" in revision.html) == ([], True)
    assert people_to_name(thread, "v", by=noah) == []
    say(vera, "By name too.", thread)
    assert named(write("@Vera!")) == ["Vera"]


@pytest.mark.parametrize(("owner", "kind", "names"), [
    ("maya", "block", []), ("noah", "block", []), ("maya", "mute", ["Maya"]), ("noah", "mute", ["Maya"]),
])  # fmt: skip
def test_a_block_makes_the_name_plain_text(write, maya, noah, owner, kind, names):
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind=kind)
    assert named(write("@Maya")) == names


def test_a_block_does_not_tell_who_wrote_under_an_alias(write, maya, noah, dr_okafor):
    """Maya blocked Noah. If his @Maya stayed plain, or she heard nothing, she would know who the anonymous member is."""
    Block.objects.create(owner=maya, other=noah, kind="block")
    revision = write("@Maya", anonymous=True)
    approve(revision, by=dr_okafor)
    assert (named(revision), told(maya)) == (["Maya"], 1)


@pytest.mark.parametrize("state", ["leaving", "erased"])
def test_who_has_left_is_not_named(write, maya, state):
    User.objects.filter(pk=maya.pk).update(state=state)
    assert named(write("@Maya")) == []


def test_an_old_name_leads_to_nobody_and_the_new_one_to_its_owner(write, maya):
    rename(maya, "Quiet Harbour", by=maya)
    revision = write("@Maya")
    assert (named(revision), "@Maya" in revision.html) == ([], True)
    assert named(write("@quiet harbour")) == ["Quiet Harbour"]


def test_each_once_and_only_in_the_first_twenty_places(say, thread, write, vera):
    say(vera, "Here.", thread)
    assert named(write("@Maya, @maya, @Maya.")) == ["Maya"]
    many = " ".join(f"@nobody{n}," for n in range(MOST_PLACES - 1))
    assert named(write(f"{many} @Maya, @Vera")) == ["Maya"]


def test_the_person_hears_when_it_can_be_read_and_not_before(write, maya, dr_okafor):
    revision = write("@Maya")
    assert told(maya) == 0
    approve(revision, by=dr_okafor)
    assert told(maya) == 1


def test_an_edit_tells_only_those_whom_it_names_for_the_first_time(say, thread, write, maya, vera, noah, dr_okafor):
    say(vera, "Here.", thread)
    post = write("@Maya").post
    approve(post.revisions.get(), by=dr_okafor)
    for body in ("@Maya and @Vera", "Nobody.", "@Maya and @Vera again"):
        approve(edit_post(post, Words(body), by=noah), by=dr_okafor)
    assert (told(maya), told(vera)) == (1, 1)


def test_who_was_named_in_a_text_that_never_appeared_hears_of_the_one_that_does(write, maya, noah, dr_okafor):
    post = write("@Maya").post
    approve(edit_post(post, Words("@Maya, see."), by=noah), by=dr_okafor)
    assert told(maya) == 1


def test_of_an_edit_nobody_hears_who_keeps_away(say, thread, write, maya, vera, noah, dr_okafor):
    post = write("Nobody.").post
    approve(post.revisions.get(), by=dr_okafor)
    edited = edit_post(post, Words("@Maya"), by=noah)
    Block.objects.create(owner=maya, other=noah, kind="mute")
    approve(edited, by=dr_okafor)
    assert told(maya) == 0


def test_a_preview_shows_the_same_and_keeps_nothing(thread, maya, noah):
    html = preview("@maya and @Vera", Post(thread=thread, author=noah))
    assert html == '<p><span class="mention">@Maya</span> and @Vera</p>\n'
    assert Mention.objects.count() == 0


def test_what_is_quoted_or_edited_has_the_present_name(write, maya):
    revision = write("Thanks, @maya. `@maya` too.")
    rename(maya, "Quiet Harbour", by=maya)
    assert named_now(revision.body, revision) == "Thanks, @Quiet Harbour. `@Quiet Harbour` too."
    maya.state = User.State.ERASED
    maya.save()
    assert named_now(revision.body, revision) == "Thanks, former member. `former member` too."


def test_a_new_version_of_the_renderer_keeps_the_mentions(write, maya):
    revision = write("@Maya and `@Maya`")
    html = revision.html
    rename(maya, "Quiet Harbour", by=maya)
    PostRevision.objects.filter(pk=revision.pk).update(html="", render_version=0)
    rerender.rerender_all()
    revision.refresh_from_db()
    assert revision.html == html


def test_a_covered_name_is_told_to_nobody_and_comes_back_with_the_words(write, maya, dr_okafor):
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
    show_again(revision)
    assert "data-member" in revision.html


def test_people_are_offered_by_the_beginning_of_their_names(say, thread, maya, noah, vera):
    say(vera, "Here.", thread)
    assert [str(p) for p in people_to_name(thread, "", by=noah)] == ["Elif", "Maya", "Vera"]
    assert [str(p) for p in people_to_name(thread, "MA", by=noah)] == ["Maya"]
    assert people_to_name(thread, "%", by=noah) == people_to_name(thread, "\x00", by=noah) == []
    Block.objects.create(owner=vera, other=noah, kind="block")
    assert people_to_name(thread, "v", by=noah) == []


@pytest.mark.parametrize("unit", ["@a ", "@Maya ", "@a b c d e f ", "@é ü ñ ", "`@Maya` ", "@Maya*"])
def test_ten_thousand_characters_of_names_are_read_in_time(thread, noah, unit):
    post, text = Post(thread=thread, author=noah), (unit * MAX_CHARACTERS)[:MAX_CHARACTERS]
    began = monotonic()
    whom(post, text)
    assert monotonic() - began < 1.0  # s; 0.25 alone on the machine
