import pytest

from forum.models import Post, PostRevision
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, edit_post
from forum.triage.contact_filter import has_unreviewed_contact
from tests.growth import assert_growth

HELD = """
See https://example.org/x
See [here](https://example.org)
see www.example.org
Look at example.com for it
look at t.me/somebody
example dot com
example (dot) com
exаmple[dot]com
ex\u200bample.com
maya@example.org
maya＠example．org
maya (at) example (dot) org
maya at gmail dot com
Call 555-010-9999
+1 (555) 010 9999
５５５０１０９９９９
5 5 5 0 1 0 9 9
555\u200b0109999
Find me on WhatsApp
DM me
P.M. me
text me tonight
my telegram is open
""".strip().splitlines()
FREE = """
Thank you all, I slept well.
I have been here for 12 weeks and 3 days.
It was 2026 when I began; I am 41.
I took the tablet with dinner, at about 7 pm.
Half of it helped. The other half, not so much...
My brother said: stay.And I stayed
""".strip().splitlines()


@pytest.fixture
def text(say, maya):
    post = say(maya, "Question.")

    def text(body, **fields):
        return post.revisions.create(number=9, body=body, html="", render_version=1, **fields)

    return text


@pytest.mark.parametrize("body", HELD)
def test_links_and_contact_details_are_found(text, body):
    assert has_unreviewed_contact(text(body))


@pytest.mark.parametrize("body", FREE[:5])
def test_ordinary_texts_pass(text, body):
    assert not has_unreviewed_contact(text(body))


def test_a_missing_space_after_a_full_stop_counts_as_an_address(text):
    assert has_unreviewed_contact(text(FREE[5]))


@pytest.mark.parametrize("field", ["title", "warning"])
def test_titles_and_warnings_are_checked(text, field):
    assert has_unreviewed_contact(text("Hello.", **{field: "www.example.org"}))


def test_a_number_is_found_across_the_parts_of_a_text(text):
    assert has_unreviewed_contact(text("010 9999 tonight", title="My number: 555"))


@pytest.mark.parametrize(
    ("body", "held"),
    [("word " * 2_000, False), ("\ufdfa" * 700, True), ("\ufb03 " * 9_000, True), ("\ufb03ce " * 600, False)],
)
def test_long_texts_and_texts_that_grow_when_folded_cause_no_error(text, body, held):
    assert has_unreviewed_contact(text(body[:10_000], title="T" * 140, warning="W" * 80)) is held


def test_an_approved_link_may_stay_but_not_change(say, maya, dr_okafor):
    post = say(maya, "See https://example.org/a now.")
    for number, body in enumerate(["Do see https://example.org/a now.", "See https://example.org/b now."], 2):
        edit_post(post, PostText(body, title="T"), by=maya)
        revision = PostRevision.objects.select_related("post__live_revision").get(number=number)
        assert has_unreviewed_contact(revision) is (number == 3)
        if number == 2:
            approve(revision, by=dr_okafor)


@pytest.mark.parametrize("piece", ["a-", "a ", "( ", "1 ", "at ", "a at ", "dot ", "1" + " " * 1500, "x" * 500 + "-"])
def test_the_time_to_check_hostile_texts_is_linear(piece):
    assert_growth(
        lambda body: has_unreviewed_contact(PostRevision(post=Post(), body=f"{body} end")), (piece * 10_000)[:9_990]
    )
