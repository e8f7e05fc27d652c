"""Whatever a member or a visitor does about an anonymous post, the answer is the same whoever wrote it (docs/anonymity.md).

Each test writes the same posts in the name of another hidden author, asks every URL, and compares the answers byte for byte.
"""

from types import SimpleNamespace
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings

from accounts.models import Block, Sanction, User
from accounts.privacy.account_deletion import request_deletion
from accounts.privacy.erasure import erase
from accounts.roles import MODERATORS
from forum.appeals.reports import report_member
from forum.members.reactions_and_follows import bookmark, follow_category, follow_thread
from forum.models import Category, Post, Thread
from forum.moderation.post_removal import keep_shown
from forum.moderation.text_decisions import approve
from forum.moderation.trust import give_trust
from forum.personal_data import sections
from forum.posting.drafts import save_draft
from forum.posting.posts import PostText, edit_post, reply, start_thread
from tests.conftest import clinician, empty_caches, person, small_article
from tests.factories import published_post
from tests.forum.anonymity import (
    EXCUSED,
    exported,
    in_this_month,
    own_urls,
    record,
    restore_sequences,
    sequences,
    undone,
)

PLAIN = "Plain"
# Noah has muted and reported Entangled, who has blocked him, is trusted, and is leaving. Noah has blocked the clinician, who also
# answers by name and is suspended later.
AUTHORS = ["Entangled", "Clinician", "Erased"]


def key(number):
    return UUID(int=number)


class World:
    """A category in which Noah reads, and the members who may be hidden behind an alias."""

    def __init__(self):
        small_article()
        self.category = Category.objects.create(
            slug="starting", title="Starting", purpose="First weeks.", position=1, policy="review-after"
        )
        self.okafor = clinician("okafor", "Dr. Okafor", MODERATORS)
        self.noah = person("noah", "Noah", profile_public=True)
        self.silent = person("silent", "Silent")
        self.ada = person("ada", "Ada")
        self.people = {PLAIN: person("plain", PLAIN, profile_public=True)}
        for number, name in enumerate(AUTHORS):
            make = clinician if name == "Clinician" else person
            self.people[name] = make(f"author{number}", name, profile_public=True)
        self._relate()

    def _relate(self):
        people, noah = self.people, self.noah
        entangled = people["Entangled"]
        Block.objects.create(owner=noah, other=entangled, kind="mute")
        Block.objects.create(owner=entangled, other=noah, kind="block")
        Block.objects.create(owner=noah, other=people["Clinician"], kind="block")
        give_trust(entangled, by=self.okafor, reason="Kind.")
        report_member(entangled, by=noah, reason="unkind")
        follow_category(self.category, by=noah, on=True)

    def write_as(self, name):
        """Post anonymously as this member: a thread, a reply in Ada's thread that names all, its edit, and an answer."""
        author, noah = self.people[name], self.noah
        asked = self._named(self.ada, "How was your zebra?", title="Ada asks")
        self._named(noah, "Mine was fine.", asked.thread)
        named = [self._named(one, f"Zebra, from {label}.", asked.thread) for label, one in self.people.items()]
        everyone = " ".join(f"@{label}" for label in self.people)
        opening = self._sent(
            start_thread, self.category, "Zebra, in secret. [Guide](/guide/small/)", author, 1, title="Shy"
        )
        for one in self.people.values():
            self._named(one, "Zebra, by name.", opening.thread)
        hidden = self._sent(reply, asked.thread, f"Zebra. {everyone}", author, 2, quoted=asked)
        self._read(edit_post(hidden, PostText(f"Zebra, edited. {everyone}"), by=author))
        quoting = self._sent(reply, asked.thread, "> Zebra\n\nThank you.", noah, 3, anonymous=False, quoted=hidden)
        follow_thread(opening.thread, by=noah, on=True)
        for post in (opening, hidden):
            bookmark(post, by=noah, on=True)
        draft = save_draft(asked.thread, {"body": "Zebra", "quoted": str(hidden.pk)}, by=noah, key=key(4))
        self._afterwards()
        self.numbers = {
            "posts": [post.pk for post in (opening, hidden, quoting, named[0])],
            "threads": [asked.thread_id, opening.thread_id],
            "members": [self.people[PLAIN].pk, self.people["Entangled"].pk],
            "drafts": [draft.pk],
            "decisions": list(quoting.revisions.values_list("decisions", flat=True)),
        }
        self.words = {
            "slug": ["starting", "small"],
            "name": ["approve"],
            "about": ["post"],
            "token": ["forged"],
            "handle": ["0a"],
            "section": ["threads", "categories", "articles"],
            "anchor": ["one"],
            "number": [1],
            **{"digest": ["0" * 32], "width": [320], "suffix": ["avif"]},
            **in_this_month(),
        }
        return SimpleNamespace(opening=opening, hidden=hidden)

    def _named(self, who, body, thread=None, **words):
        place = {"thread": Thread.objects.get(pk=thread.pk)} if thread else {"category": self.category}
        return published_post(who, body, by=self.okafor, **place, **words)

    def _sent(self, service, place, body, who, number, *, quoted=None, anonymous=True, title=""):
        extra = {"quoted": quoted} if quoted else {}
        post = service(place, PostText(body, title=title, anonymous=anonymous), by=who, key=key(number), **extra)
        self._read(post.revisions.get())
        return Post.objects.select_related("thread").get(pk=post.pk)

    def _read(self, revision):
        """A trusted member's text is public already."""
        (approve if revision.state == "waiting" else keep_shown)(revision, by=self.okafor)

    def _afterwards(self):
        request_deletion(self.people["Entangled"], posts_choice="leave")
        request_deletion(self.people["Erased"], posts_choice="leave")
        erase(User.objects.get(pk=self.people["Erased"].pk))
        fields = {"kind": "suspension", "reason": "r", "message": "m", "by": self.okafor}
        Sanction.objects.create(user=self.people["Clinician"], **fields)


@pytest.fixture(scope="module")
def world(module_transaction, django_db_blocker):
    with django_db_blocker.unblock():
        empty_caches()
        made = World()
        made.sequences = sequences()
        made.answers = {PLAIN: answers_when_written_by(made, PLAIN)}
        return made


def answers_when_written_by(world, name):
    """Return what Noah and a visitor are answered, and Noah's copy of his data, if this member is the hidden author."""
    restore_sequences(world.sequences)
    # The check for repeated queries costs more than the queries, and other tests ask every URL with it.
    fast = [middleware for middleware in settings.MIDDLEWARE if "zeal" not in middleware]
    with override_settings(MIDDLEWARE=fast), undone():
        world.write_as(name)
        found = {
            (who, *request): answer
            for who, viewer in (("Noah", world.noah), ("a visitor", None))
            for request, answer in record(world, viewer).items()
        }
        found["Noah", "his copy of his data", "", ""] = exported(sections(world.noah))
    return found


@pytest.mark.parametrize("name", AUTHORS)
def test_every_answer_is_the_same_whoever_wrote_the_post(name, world, db):
    assert different(answers_when_written_by(world, name), world.answers[PLAIN]) == {}


def different(found, expected):
    """Return the first difference of each answer that differs, with what stands around it."""
    requests = sorted(found.keys() | expected.keys())
    return {r: _first_difference(found.get(r), expected.get(r)) for r in requests if found.get(r) != expected.get(r)}


def _first_difference(found, expected):
    one, other = str(found), str(expected)
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return one[max(at - 80, 0) : at + 80], other[max(at - 80, 0) : at + 80]


def test_every_excused_url_exists():
    assert sorted(EXCUSED.keys() - {name for name, _, _ in own_urls()}) == []
