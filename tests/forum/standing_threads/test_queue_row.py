from django.urls import reverse

from forum.models import Post, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply
from forum.standing_threads.lifecycle import open_due_threads
from tests.forum.standing_threads.test_lifecycle import HOUR, starting_in

ROW = "opened by the site"


def test_the_queue_says_that_a_post_opens_a_standing_thread(client, schedule, dr_lind, dr_okafor, maya, say):
    starting_in(schedule, 20 * HOUR)
    open_due_threads()
    say(maya, "A question.", public=False)
    client.force_login(dr_lind)
    rows = client.get(reverse("forum:review-queue")).content.decode()
    assert (rows.count("data-row"), rows.count(ROW)) == (2, 1)
    client.force_login(dr_okafor)
    assert ROW not in client.get(reverse("forum:review-queue")).content.decode()


def test_replies_in_it_are_rows_like_others(client, schedule, dr_lind, dr_okafor, maya):
    starting_in(schedule, 20 * HOUR)
    open_due_threads()
    opening = Post.objects.get()
    approve(opening.revisions.get(), by=dr_lind)
    reply(Thread.objects.get(), PostText("A walk."), by=maya, key=opening.key)
    client.force_login(dr_okafor)
    rows = client.get(reverse("forum:review-queue")).content.decode()
    assert (rows.count("data-row"), ROW in rows) == (1, False)
