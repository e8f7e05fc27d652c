"""`make simulate`: simulate a day of moderation with concurrent processes, some of which are killed.

python -m tools.simulation [--moderators 10] [--items 2000] [--kills 3] [--seed 1]

On a temporary PostgreSQL, members post, edit, report, ask and appeal while moderators decide. Exit with 1 if anything was
decided twice, by its own author, or not at all, or if decisions, states, queue and counters disagree.
"""

import argparse
import multiprocessing
import os
import random
import signal
import sys
import time
from contextlib import suppress
from uuid import uuid4

import django

SPAWN = multiprocessing.get_context("spawn")  # a forked process would share its parent's connection
CLAIM = 0.05  # minutes: short, so that claims of killed moderators expire during the run
POLL_INTERVAL = 0.05  # seconds
TIMEOUT = 3600  # seconds
BODIES = [
    "I take it with breakfast and feel a little sick for an hour. Is that usual for others here? It is my second week.",
    "Day forty without a drink. My sister noticed before I said anything. Thank you all for the kind words of last week.",
    "My doctor changed the time of day and now I sleep better. What worked for you in the first months?",
    "I feel hopeless tonight and I do not know how to go on.",
    "Selling some I have left over, write to me at someone@example.org or call +44 20 7946 0000.",
    "How many tablets can I take at once if I missed two days? I took 150 mg yesterday.",
]


def set_up_django(url):
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings

    settings.FORUM_CLAIM_MINUTES = CLAIM
    settings.FORUM_POSTS_PER_HOUR = settings.FORUM_POSTS_PER_HOUR_NEW = 1_000_000


def members(url, seed, people, items, counted):
    """Send `items` texts: new threads, replies, and edits of revisions that are waiting or were sent back."""
    set_up_django(url)
    from forum.models import Category, PostRevision, Thread
    from forum.posting.posts import PostText, edit_post, reply, start_thread

    chance = random.Random(seed)
    people, categories = list(_people(people)), list(Category.objects.filter(for_visitors=False))
    for number in range(items):
        text = PostText(f"{chance.choice(BODIES)} {seed}-{number}", title=f"A question {seed}-{number}")
        who, dice = chance.choice(people), chance.random()
        thread = Thread.objects.filter(state="open").order_by("?").first() if dice > 0.3 else None
        mine = PostRevision.objects.filter(post__author=who, state__in=["waiting", "changes"]).order_by("?").first()
        with suppress(*_refusals()):
            if mine and dice > 0.9:
                edit_post(mine.post, text, by=who)
            elif thread:
                reply(thread, text, by=who, key=uuid4())
            else:
                start_thread(chance.choice(categories), text, by=who, key=uuid4())
            with counted.get_lock():
                counted.value += 1
        _report_or_appeal(chance, who)


def _report_or_appeal(chance, who):
    """Sometimes report a post, ask about a decision, or appeal."""
    from forum.appeals import questions
    from forum.appeals.appeal import appeal
    from forum.appeals.reports import report_post
    from forum.models import Decision, Post

    dice = chance.random()
    other = Post.objects.filter(state="published").exclude(author=who).order_by("?").first()
    refused = Decision.objects.filter(revision__post__author=who, action__in=["rejected", "removed"]).last()
    with suppress(*_refusals()):
        if other and dice < 0.05:
            report_post(other, by=who, reason="dose", note="Please look.")
        elif refused and dice < 0.1:
            appeal(refused, by=who, text="Please read it again.")
        elif refused and dice < 0.15:
            questions.ask(refused, by=who, text="What can I change?")


def moderator(url, seed, me, over, refused):
    """Decide items until all texts are sent and none are waiting. Sometimes take an item claimed by another moderator."""
    set_up_django(url)
    from forum.models import ReviewItem
    from forum.moderation import claims, pending_actions

    chance = random.Random(seed)
    me = _people([me]).get()
    while True:
        all_sent = over.is_set()
        try:
            pending_actions.apply_due()  # what a killed process left
            item = claims.claim_next(me)
            if chance.random() < 0.1:  # as from a page that was open in another tab
                item = ReviewItem.objects.open().for_moderator(me).order_by("?").first() or item
            if item is None:
                if all_sent and not ReviewItem.objects.open().for_moderator(me).exists():
                    return
                time.sleep(POLL_INTERVAL)
                continue
            _decide_item(chance, item, me)
        except _refusals():
            with refused.get_lock():
                refused.value += 1


def _decide_item(chance, item, me):
    from forum.moderation import appeal_decisions, clinical_notes, post_removal, report_decisions
    from forum.moderation.escalation import eligible_colleagues, escalate, hand_back
    from forum.moderation.question_answers import answer_question

    dice, kind = chance.random(), item.kind
    if dice < 0.03 and (others := eligible_colleagues(item, of=me)):
        escalate(item, by=me, to=chance.choice(others), note="Please look.")
    elif dice < 0.05:
        hand_back(item, by=me)
    elif kind in ("new", "edit") and dice < 0.3:
        _approve_on_the_page(chance, item, me)
    elif kind in ("new", "edit"):
        _decide(chance, item.revision, me)
    elif kind == "after":
        post_removal.keep_shown(item.revision, by=me)
    elif kind == "report":
        about = item.open_reports().first()
        if about and dice < 0.5:
            report_decisions.uphold_report(about, by=me, reason="dose")
        elif about:
            report_decisions.dismiss_report(about, by=me)
    elif kind == "appeal":
        appeal_decisions.answer_appeal(item.appeal, by=me, overturn=dice < 0.5, answer="I read it again.")
    elif kind == "question":
        answer_question(item.question, by=me, text="Leave out the number.")
    elif kind == "note":
        clinical_notes.confirm_note(item.note, by=me)


def _approve_on_the_page(chance, item, me):
    """Approve as the page does, and undo every fifth approval; the others take effect at once, to save time."""
    from django.utils import timezone

    from forum.models import PendingAction
    from forum.moderation import pending_actions
    from forum.moderation.item_actions import APPROVE, form_for

    pending = pending_actions.perform(APPROVE, item, form_for(APPROVE, item, me, {}), by=me)
    if chance.random() < 0.2:
        pending_actions.undo(pending, by=me)
    else:
        PendingAction.objects.pending().filter(pk=pending.pk).update(due_at=timezone.now())
        pending_actions.apply_due()


def _decide(chance, revision, me):
    from forum.moderation.approve_and_reply import approve_and_reply
    from forum.moderation.text_decisions import RedactionSpan, approve, ask_for_changes, reject

    dice = chance.random()
    if dice < 0.7:
        approve(revision, by=me)
    elif dice < 0.75:
        approve(revision, by=me, clinical="Please ask your prescriber about this.")
    elif dice < 0.8:
        approve(revision, by=me, redactions=[RedactionSpan(0, 6, "contact")])
    elif dice < 0.82:
        approve_and_reply(revision, by=me, body=f"Ask your prescriber. {uuid4()}", key=uuid4())
    elif dice < 0.92:
        ask_for_changes(revision, by=me, reason="dose", note="Please leave out the number.")
    else:
        reject(revision, by=me, reason="spam")


def _refusals():
    from django.core.exceptions import PermissionDenied, ValidationError

    from core.transitions import IllegalTransition
    from forum.models import ReviewItem

    return PermissionDenied, ValidationError, IllegalTransition, ReviewItem.DoesNotExist


def _people(keys):
    from accounts.models import User

    return User.objects.filter(pk__in=keys)


def run(url, *, team, writers, items, kills, senders=2, seed=1):
    """Run all processes until no items are left; return the counts of texts, refusals and kills, and the seconds."""
    from forum.models import ReviewItem

    counted, refused, over = SPAWN.Value("i", 0), SPAWN.Value("i", 0), SPAWN.Event()
    chance, began = random.Random(seed), time.perf_counter()

    def start(work, *args):
        process = SPAWN.Process(target=work, args=(url, *args), daemon=True)
        process.start()
        return process

    sending = [start(members, seed * 100 + n, writers, items // senders, counted) for n in range(senders)]
    working = {who: start(moderator, seed * 1000 + n, who, over, refused) for n, who in enumerate(team)}
    killed = 0
    while any(p.is_alive() for p in [*sending, *working.values()]) and time.perf_counter() - began < TIMEOUT:
        time.sleep(POLL_INTERVAL)
        who = chance.choice(team)
        if killed < kills and ReviewItem.objects.filter(state="open", claimed_by=who).exists():
            os.kill(working[who].pid, signal.SIGKILL)
            working[who].join()
            working[who] = start(moderator, seed * 2000 + killed, who, over, refused)
            killed += 1
        if not any(p.is_alive() for p in sending):
            over.set()
    crashed = [p.exitcode for p in [*sending, *working.values()] if p.exitcode]
    return {
        "texts sent": counted.value,
        "actions refused because a colleague was faster": refused.value,
        "moderators killed": killed,
        "processes that failed": len(crashed),
        "seconds": round(time.perf_counter() - began, 1),
    }


LEFT = {"approved": "approved", "read": "approved", "changes": "changes", "rejected": "rejected"}


def find_faults():
    """Return all inconsistencies found in the rows; empty if all is well."""
    from django.db.models import F

    from forum.models import Category, Decision, PostRevision, ReviewItem
    from forum.publishing.recount import differences
    from forum.publishing.requeue import find_queue_faults

    found = [f"lost: {item} is still open" for item in ReviewItem.objects.open()]
    found += [f"lost: {revision} still waits" for revision in PostRevision.objects.filter(state="waiting")]
    found += [f"decided by the author: {d.pk}" for d in Decision.objects.filter(by=F("revision__post__author"))]
    logs: dict[PostRevision, list[str]] = {}
    for decision in Decision.objects.select_related("revision").order_by("pk"):
        logs.setdefault(decision.revision, []).append(decision.action)
    for revision, log in logs.items():
        found += _faults_of_one(revision, log)
    undecided = PostRevision.objects.filter(decisions=None, state__in=["approved", "changes", "rejected"])
    found += [f"{revision} has no decision in the log" for revision in undecided]
    found += [str(one) for category in Category.objects.all() for one in differences(category)]
    return found + find_queue_faults()


def _faults_of_one(revision, log):
    """Yield the inconsistencies of one revision: decided twice without an appeal, or in the wrong state."""
    first_readings = ("approved", "changes", "rejected", "read")
    if sum(a in first_readings for a in log) > 1 + _overturned(revision):
        yield f"decided twice: {revision}: {log}"
    plain = [a for a in log if a in LEFT]
    moved_on = revision.state in ("superseded", "withdrawn") or {"removed", "restored"} & set(log)
    if plain and not moved_on and LEFT[plain[-1]] != revision.state:
        yield f"log and state differ: {revision} is {revision.state} after {log}"


def _overturned(revision):
    from forum.models import Appeal

    return Appeal.objects.filter(decision__revision=revision, state="overturned").count()


def _prepare(count_of_moderators):
    from django.core.management import call_command

    from tests.conftest import MODERATORS, clinician, person, restore_groups

    for command in ("migrate", "load_forum"):
        call_command(command, verbosity=0)
    restore_groups()
    team = [clinician(f"m{n}", f"Dr. M{n}", MODERATORS).pk for n in range(count_of_moderators)]
    return team, [person(f"p{n}", f"Person {n}").pk for n in range(40)] + team[:2]  # clinicians post as well


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in {"moderators": 10, "items": 2000, "kills": 3, "seed": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    from tests.postgres_plugin import throw_away_database

    with throw_away_database() as url:
        set_up_django(url)
        team, writers = _prepare(chosen.moderators)
        results = run(url, team=team, writers=writers, items=chosen.items, kills=chosen.kills, seed=chosen.seed)
        for name, value in results.items():
            print(f"{value:>8}  {name}")
        faults = find_faults()
        from django.db import connection

        from forum.models import Decision

        print(f"{Decision.objects.count():>8}  decisions in the log")
        print(f"{len(faults):>8}  faults")
        print(*faults[:20], sep="\n")
        connection.close()
    sys.exit(bool(faults or results["processes that failed"]))


if __name__ == "__main__":
    main()
