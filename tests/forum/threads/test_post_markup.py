"""The HTML of a post: nothing that anyone wrote or chose gets into it unescaped."""

from forum.members import reactions_and_follows
from forum.models import Post, Reaction
from forum.threads.annotations import posts_for_reader
from forum.threads.post_markup import Reader, bookmark_markup, post_markup, reactions_markup

EVIL = '"><img src=x onerror=alert(1)>&'
SAFE = "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;"


def shown(post, user):
    posts = Post.objects.select_related("author", "live_revision", "quoted__author")
    return posts_for_reader(user, posts).get(pk=post.pk)


def hostile_post(published, maya, noah, thread=None):
    for person in (maya, noah):
        person.display_name = EVIL + person.display_name
        person.save(update_fields=["display_name"])
    opening = published(maya, "Question.")
    post = published(noah, "Reply.", opening.thread, warning=EVIL)
    Post.objects.filter(pk=post.pk).update(quoted=opening)
    return post


def test_names_warnings_and_notes_are_escaped(published, maya, noah, dr_okafor):
    post = shown(hostile_post(published, maya, noah), dr_okafor)
    post.shown_notes = [{"by": EVIL, "written_as": "physician", "html": "<p>Note.</p>"}]
    html = post_markup(post, Reader(dr_okafor.pk, "token", "/reply/", may_moderate=True))
    assert "<img" not in html
    assert html.count(SAFE) == 6  # author, in reply to, warning, note, mute, block
    assert "<p>Note.</p>" in html


def test_the_reason_of_a_removal_is_escaped(published, maya, noah):
    post = shown(hostile_post(published, maya, noah), maya)
    post.state, post.removed_for = Post.State.REMOVED, EVIL
    html = post_markup(post, Reader(maya.pk, "token"))
    assert f"This post was removed by a moderator. {SAFE}</p>" in html
    assert "Reply." not in html


def test_each_reader_gets_what_they_can_do(published, maya, noah, dr_okafor):
    post = published(maya, "Question.")
    visitor, author, member, moderator = (
        post_markup(
            shown(post, user), Reader(user.pk, "token", "/reply/" if user.pk else "", may_moderate=user == dr_okafor)
        )
        for user in (_Visitor, maya, noah, dr_okafor)
    )
    assert "csrfmiddlewaretoken" not in visitor
    assert [("<form" in html, "Report" in html) for html in (visitor, author, member)] == [
        (False, True),
        (True, False),
        (True, True),
    ]
    assert ["Moderate" in html for html in (visitor, author, member, moderator)] == [False, False, False, True]
    assert ["React" in html for html in (visitor, author, member)] == [False, False, True]
    assert ["Review status" in html for html in (visitor, author, member)] == [False, True, False]


class _Visitor:
    pk, is_authenticated = None, False


def test_buttons_show_what_the_reader_gave(published, maya, noah):
    post = published(maya, "Question.")
    kind = Reaction.Kind.values[0]
    reactions_and_follows.react(post, by=noah, kind=kind, on=True)
    reactions_and_follows.bookmark(post, by=noah, on=True)
    reader, found = Reader(noah.pk, "token"), shown(post, noah)
    reactions = reactions_markup(found, reader)
    assert f'id="react-{kind}-1" aria-pressed="true"' in reactions
    assert reactions.count('aria-pressed="false"') == len(Reaction.Kind.values) - 2  # who asked has one more
    assert 'name="on" value="0"' in bookmark_markup(found, reader)
    assert '<span class="count">1</span>' in reactions_markup(shown(post, _Visitor), Reader(None))
