"""Visitors' cached pages of the forum: right at any time while posts come and go, and never a member's page."""

import random
import re

import pytest
from django.urls import reverse

from accounts.profiles.names import rename
from forum.models import Category, Post
from forum.moderation import clinical_notes, post_removal, thread_actions
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, edit_post
from tests.conftest import logged_in


@pytest.fixture(autouse=True)
def forum_cache(settings):
    settings.CACHE_FORUM_PAGES = True
    settings.FORUM_POSTS_PER_HOUR = settings.FORUM_POSTS_PER_HOUR_NEW = 10_000


def test_pages_of_the_forum_need_no_query_either(client, published, maya, category, django_assert_num_queries):
    thread = published(maya, "Question.").thread
    feeds = [reverse("forum:thread-feed", args=[thread.pk]), reverse("forum:category-feed", args=[category.slug])]
    paths = ["/forum/", "/forum/threads/?show=waiting", category.get_absolute_url(), thread.get_absolute_url(), *feeds]
    first = [client.get(path).content for path in paths]
    with django_assert_num_queries(0):
        assert [client.get(path).content for path in paths] == first


WORD = re.compile(r"word\d+x")
AUTHOR = re.compile(r"<strong>(\S+)</strong><span class=\"visually-hidden\">, post")


class MixedForum:
    """Visitors, members and moderators at random. What each post says and who may see it is known apart from the site."""

    def __init__(self, seed, people, moderator, lead, say, commit):
        self.chance, self.people, self.moderator, self.lead = random.Random(seed), people, moderator, lead
        self.say, self.commit = say, commit
        self.served = self.taken_down = 0
        self.visitor, self.clients = logged_in(), {each.pk: logged_in(each) for each in [*people, moderator]}
        inside = {"slug": "inside", "title": "Inside", "purpose": "p", "position": 9, "members_only": True}
        self.inside, self.members_only = None, Category.objects.create(**inside)
        self.posts, self.words = [], {}
        self.threads = [self.publish(people[n % len(people)]).thread for n in range(4)]
        for thread in self.threads:
            self.publish(people[1], thread)

    def word(self):
        return f"word{len(self.words)}{self.chance.randint(1000, 9999)}x"

    def publish(self, who, thread=None):
        word = self.word()
        post = self.say(who, f"I wrote {word} today.", thread)
        self.posts.append(post)
        self.words[post.pk] = word
        return post

    def step(self):
        kind = self.chance.random()
        if kind < 0.82:
            self.visit()
        elif kind < 0.92:
            self.member_reads()
        else:
            with self.commit(execute=True):
                self.chance.choice(
                    [self.reply, self.hide, self.restore, self.edit, self.note, self.move, self.rename]
                )()

    def visit(self):
        thread = self.chance.choice(self.threads)
        answer = self.visitor.get(thread.get_absolute_url())
        page, index = answer.content.decode(), self.visitor.get("/forum/").content.decode()
        self.served += 2
        public = thread.pk != self.inside
        assert answer.status_code == (200 if public else 404)
        assert (f"/thread/{thread.pk}/" in index) == public
        assert set(WORD.findall(page)) == (self._words_of(thread) if public else set())
        assert set(AUTHOR.findall(page)) <= {person.display_name for person in self.people}
        assert set(WORD.findall(index)) <= {word for each in self.threads for word in self._words_of(each)}
        assert "account-name" not in page + index
        assert "csrfmiddlewaretoken" not in page + index

    def _words_of(self, thread):
        return {
            self.words[post.pk]
            for post in self.posts
            if post.thread_id == thread.pk and post.state == Post.State.PUBLISHED
        }

    def member_reads(self):
        person = self.chance.choice([*self.people, self.moderator])
        page = self.clients[person.pk].get(self.chance.choice(self.threads).get_absolute_url()).content.decode()
        self.served += 1
        assert f'<span class="account-name">{person.display_name}</span>' in page

    def _post(self, *states):
        found = [post for post in self.posts if post.state in states and post.position > 1]
        return self.chance.choice(found) if found else None

    def reply(self):
        if len(self.posts) < 40:
            self.publish(self.chance.choice(self.people), self.chance.choice(self.threads))

    def hide(self):
        if post := self._post(Post.State.PUBLISHED):
            action = self.chance.choice([post_removal.hide, post_removal.remove])
            action(post, by=self.moderator, reason="other", note="n")
            self.taken_down += 1
            post.refresh_from_db(fields=["state"])

    def restore(self):
        if post := self._post(Post.State.HIDDEN, Post.State.REMOVED):
            post_removal.restore(post, by=self.moderator)
            post.refresh_from_db(fields=["state"])

    def edit(self):
        if post := self._post(Post.State.PUBLISHED):
            word = self.word()
            approve(edit_post(post, PostText(f"I changed it to {word}."), by=post.author), by=self.moderator)
            self.words[post.pk] = word

    def note(self):
        if post := self._post(Post.State.PUBLISHED):
            clinical_notes.add_note(post, by=self.moderator, body="A note.")

    def move(self):
        if self.inside is None and self.served > 200:
            self.inside = self.threads[3].pk
            thread_actions.move_thread(self.threads[3], self.members_only, by=self.lead)

    def rename(self):
        person = self.chance.choice(self.people)
        name = f"{self.chance.choice(['Fern', 'Otter', 'Maple'])}{self.chance.randint(1000, 9999)}"
        person.display_name = name
        rename_now(person, name)


def rename_now(person, name):
    type(person).objects.filter(pk=person.pk).update(named_at="2020-01-01T00:00Z")
    rename(person, name, by=person)


@pytest.mark.parametrize("requests", [300, pytest.param(10_000, marks=pytest.mark.system)])
def test_mixed_requests_get_no_wrong_page_while_posts_come_and_go(
    requests, maya, noah, dr_okafor, lead, say, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        forum = MixedForum(requests, [maya, noah], dr_okafor, lead, say, django_capture_on_commit_callbacks)
    while forum.served < requests:
        forum.step()
    assert len(forum.posts) > 8  # with which it began
    assert forum.inside
    assert forum.taken_down
