"""Independence: every moderation action is refused to whoever wrote, reported or decided on the subject.

One table for all actions. A new action without a row fails.
"""

from inspect import getmembers, isfunction
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Profession
from forum.appeals import questions
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Category, ItemView, PendingAction, ReviewItem, SecondReview, TriageRule, Trust
from forum.moderation import (
    appeal_decisions,
    approve_and_reply,
    author_messages,
    bulk,
    claims,
    clinical_notes,
    escalation,
    follow_ups,
    help_cards,
    pending_actions,
    post_removal,
    question_answers,
    report_decisions,
    text_decisions,
    thread_actions,
    trust,
)
from forum.moderation.item_actions import APPROVE, form_for
from forum.oversight import second_review
from forum.posting.posts import PostText, start_thread
from forum.triage import proposals, rule_store
from tests.conftest import clinician

MODULES = (
    approve_and_reply,
    author_messages,
    escalation,
    follow_ups,
    help_cards,
    report_decisions,
    appeal_decisions,
    clinical_notes,
    question_answers,
    post_removal,
    second_review,
    text_decisions,
    thread_actions,
)
MODULES += (trust, pending_actions, proposals)


class Scene:
    """Posts, reports and decisions of one moderator, `me`, and others who are not involved."""

    def __init__(self, say, me, other, category):
        self.say, self.me, self.other, self.category = say, me, other, category

    def waiting(self):
        return self.say(self.me, f"My words {uuid4()}.", public=False).revisions.get()

    def item(self):
        return self.waiting().review_items.get()

    def public(self):
        return self.say(self.me, f"My public words {uuid4()}.")

    def refused(self):
        return text_decisions.reject(self.waiting(), by=self.other, reason="dose")

    def reply(self):
        """A reply of mine in someone else's thread."""
        thread = self.say(self.other_author, f"A question {uuid4()}.").thread
        return self.say(self.me, f"My reply {uuid4()}.", thread)

    def note(self):
        return clinical_notes.add_note(self.public(), by=self.other, body="See the guide.")

    def shown(self):
        """A post published before review, as a trusted member's."""
        category, _ = Category.objects.get_or_create(
            slug="stories", title="Stories", purpose="p", policy="review-after", position=9
        )
        trust.give_trust(self.me, by=self.other, reason="Kind.")

        post = start_thread(category, PostText("Shown at once.", title="Shown"), by=self.me, key=uuid4())
        Trust.objects.filter(user=self.me).update(ended_at="2026-01-01T00:00Z", ended_by=self.other)
        return post.revisions.get()

    def card(self):
        return help_cards.send_help_card(self.me, by=self.other, kind="self-harm", item=self.item())

    def proposal(self, by):
        """A proposal to switch off a RED rule."""
        rule = TriageRule(key=f"fox-{uuid4()}"[:50], title="Foxes", lane=1, phrases="purple fox")
        rule_store.save(rule, by=None)
        rule.active = False
        return proposals.propose(rule, by=by, reason="x")

    def follow_up(self):
        help_cards.close_help_cards(self.card().item, by=self.other, assessment="x", again_at=timezone.now())
        follow_ups.open_due_follow_ups()
        return ReviewItem.objects.get(kind="followup")


def _hidden(s):
    post = s.public()
    post_removal.hide(post, by=s.other, reason="dose")
    return post


def _reported(s):
    return report_post(s.public(), by=s.other_author, reason="dose")[0]


def _appealed(s):
    return appeal(s.refused(), by=s.me, text="Why?")


def _asked(s):
    return questions.ask(s.refused(), by=s.me, text="Why?")


def _answer_to_message(s):
    """The item of what I answered to a message about my words."""
    message = author_messages.send_message(s.item(), by=s.other, text="How are you?")
    return questions.ask(message, by=s.me, text="Well.").review_items.get()


def _reading(s):
    return SecondReview.objects.create(decision=s.public().revisions.get().decisions.get())


def _approval_of(item, service, by):
    form = form_for(APPROVE, item, by, {})
    assert form.is_valid()
    return service(APPROVE, item, form, by=by)


OWN = {
    "approve": lambda s: text_decisions.approve(s.waiting(), by=s.me),
    "approve with a note": lambda s: text_decisions.approve(s.waiting(), by=s.me, clinical="See the guide."),
    "redact": lambda s: text_decisions.approve(
        s.waiting(), by=s.me, redactions=[text_decisions.RedactionSpan(0, 2, "dose")]
    ),
    "ask_for_changes": lambda s: text_decisions.ask_for_changes(s.waiting(), by=s.me, reason="dose", note="x"),
    "reject": lambda s: text_decisions.reject(s.waiting(), by=s.me, reason="dose"),
    "approve_and_reply": lambda s: approve_and_reply.approve_and_reply(s.waiting(), by=s.me, body="Yes.", key=uuid4()),
    "claim": lambda s: claims.claim(s.item(), by=s.me),
    "take_over": lambda s: claims.take_over(s.item(), by=s.me),
    "escalate": lambda s: escalation.escalate(s.item(), by=s.me, to=s.other, note="x"),
    "escalate to the author": lambda s: escalation.escalate(s.item(), by=s.other, to=s.me, note="x"),
    "escalate_to_profession": lambda s: escalation.escalate_to_profession(
        s.item(), by=s.me, to=Profession.PHYSICIAN, note="x"
    ),
    "escalate to the profession of the author": lambda s: escalation.escalate_to_profession(
        s.item(), by=s.other, to=Profession.PHYSICIAN, note="x"
    ),
    "hand_back": lambda s: escalation.hand_back(s.item(), by=s.me),
    "send_help_card": lambda s: help_cards.send_help_card(s.me, by=s.me, kind="self-harm", item=s.item()),
    "undo_help_card": lambda s: help_cards.undo_help_card(s.card(), by=s.me),
    "close_help_cards": lambda s: help_cards.close_help_cards(s.card().item, by=s.me),
    "complete_follow_up": lambda s: follow_ups.complete_follow_up(s.follow_up(), by=s.me, assessment="x"),
    "add_note": lambda s: clinical_notes.add_note(s.public(), by=s.me, body="x"),
    "withdraw_note": lambda s: clinical_notes.withdraw_note(s.note(), by=s.me),
    "confirm_note": lambda s: clinical_notes.confirm_note(s.note(), by=s.me),
    "flag_note": lambda s: clinical_notes.flag_note(s.note(), by=s.me),
    "replace_note": lambda s: clinical_notes.replace_note(s.note(), by=s.me, body="x"),
    "confirm_answer": lambda s: clinical_notes.confirm_answer(s.reply(), by=s.me),
    "hide": lambda s: post_removal.hide(s.public(), by=s.me, reason="dose"),
    "restore": lambda s: post_removal.restore(_hidden(s), by=s.me),
    "remove": lambda s: post_removal.remove(s.public(), by=s.me, reason="dose"),
    "keep_shown": lambda s: post_removal.keep_shown(s.shown(), by=s.me),
    "lock": lambda s: post_removal.lock(s.public().thread, by=s.me),
    "unlock": lambda s: post_removal.unlock(s.public().thread, by=s.me),
    "set_slow_mode": lambda s: thread_actions.set_slow_mode(s.public().thread, by=s.me, minutes=5),
    "move_thread": lambda s: thread_actions.move_thread(s.public().thread, s.category, by=s.me),
    "merge": lambda s: thread_actions.merge(s.public().thread, s.reply().thread, by=s.me),
    "merge into mine": lambda s: thread_actions.merge(s.reply().thread, s.public().thread, by=s.me),
    "split": lambda s: thread_actions.split([s.reply()], "New", by=s.me),
    "pin": lambda s: thread_actions.pin(s.public().thread, by=s.me, pinned=True),
    "mark_answer": lambda s: thread_actions.mark_answer(s.reply(), by=s.me),
    "dismiss_report": lambda s: report_decisions.dismiss_report(_reported(s), by=s.me),
    "uphold_report": lambda s: report_decisions.uphold_report(_reported(s), by=s.me, reason="dose"),
    "refer_author_to_staff": lambda s: report_decisions.refer_author_to_staff(_reported(s), by=s.me),
    "keep a report about me": lambda s: report_decisions.dismiss_report(
        report_member(s.me, by=s.other_author, reason="unkind")[0], by=s.me
    ),
    "answer_appeal": lambda s: appeal_decisions.answer_appeal(_appealed(s), by=s.me, overturn=True, answer="x"),
    "answer_appeal against my decision": lambda s: appeal_decisions.answer_appeal(
        _appealed(s), by=s.other, overturn=True, answer="x"
    ),
    "answer_question": lambda s: question_answers.answer_question(_asked(s), by=s.me, text="x"),
    "close_without_reply": lambda s: question_answers.close_without_reply(_answer_to_message(s), by=s.me, reason="x"),
    "send_message": lambda s: author_messages.send_message(s.item(), by=s.me, text="x"),
    "postpone": lambda s: _approval_of(s.item(), pending_actions.postpone, s.me),
    "perform": lambda s: _approval_of(s.item(), pending_actions.perform, s.me),
    "undo": lambda s: pending_actions.undo(_approval_of(s.item(), pending_actions.postpone, s.other), by=s.me),
    "record_verdict": lambda s: second_review.record_verdict(_reading(s), by=s.me, verdict="approved"),
    "accept": lambda s: proposals.accept(s.proposal(s.me), by=s.me),
    "reject my proposal": lambda s: proposals.reject(s.proposal(s.me), by=s.me),
    "withdraw": lambda s: proposals.withdraw(s.proposal(s.other), by=s.me),
    "give_trust": lambda s: trust.give_trust(s.me, by=s.me, reason="x"),
    "end_trust": lambda s: trust.end_trust(s.me, by=s.me),
}
REPORTED = {
    "dismiss_report": lambda s, post, found: report_decisions.dismiss_report(found, by=s.me),
    "uphold_report": lambda s, post, found: report_decisions.uphold_report(found, by=s.me, reason="dose"),
    "remove": lambda s, post, found: post_removal.remove(post, by=s.me, reason="dose"),
    "hide": lambda s, post, found: post_removal.hide(post, by=s.me, reason="dose"),
    "record_verdict": lambda s, post, found: second_review.record_verdict(
        SecondReview.objects.create(decision=post.revisions.get().decisions.get()), by=s.me, verdict="approved"
    ),
}
HELPERS = {
    "item_for_update",
    "write_note",
    "remove_locked",
    "restore_locked",
    "close_reports",
    "eligible_colleagues",
    "still_undoable",
    "undo_all",
    "typed_before",
    "apply_due",
    "apply_due_for_reader",
    "forget_next_due",
    "url_of",
    "assert_not_claimed_by_other",
    "mark_opened",
    "refuse_to_close",
    "open_due_follow_ups",
    "time_of",
    *("weakened_by", "waiting_proposal", "save_at_once", "propose"),
}


@pytest.fixture
def scene(say, dr_lind, dr_okafor, maya, category, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_POSTS_PER_HOUR = 100
    made = Scene(say, dr_lind, dr_okafor, category)
    made.other_author = maya
    return made


@pytest.mark.parametrize("name", OWN)
def test_no_action_on_what_one_wrote_or_decided(name, scene):
    with pytest.raises(PermissionDenied):
        OWN[name](scene)


@pytest.mark.parametrize("name", REPORTED)
def test_no_action_on_what_one_reported(name, scene):
    post = scene.say(scene.other_author, "A question.")
    found = report_post(post, by=scene.me, reason="dose")[0]
    with pytest.raises(PermissionDenied):
        REPORTED[name](scene, post, found)


def test_bulk_approval_skips_ones_own_posts(scene):
    item = scene.item()
    ReviewItem.objects.filter(pk=item.pk).update(lane=3)
    ItemView.objects.create(item=item, by=scene.me)
    refused = bulk.bulk_approve([str(item.pk)], by=scene.me)
    assert (len(refused), PendingAction.objects.count()) == (1, 0)


def test_next_never_offers_ones_own_posts(scene):
    scene.waiting()
    assert claims.claim_next(scene.me) is None
    assert claims.claim_next(scene.other) is not None


def test_an_uninvolved_moderator_may_act(scene):
    """Without this, the tests above would pass even if no one could do anything."""
    third = clinician("third", "Dr. Third", "Moderators")
    assert text_decisions.approve(scene.waiting(), by=third).by == third
    assert post_removal.hide(scene.public(), by=third, reason="dose").by == third
    assert thread_actions.mark_answer(scene.reply(), by=third).by == third
    assert appeal_decisions.answer_appeal(_appealed(scene), by=third, overturn=False, answer="x").answered_by == third
    assert second_review.record_verdict(_reading(scene), by=third, verdict="approved").by == third


def test_every_action_is_in_the_table():
    actions = {
        name
        for module in MODULES
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert actions - HELPERS - set(OWN) == set()
