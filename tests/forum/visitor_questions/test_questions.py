from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import NameClaim, OutboxEmail, Sanction, User
from accounts.permissions import can_block, can_sanction
from forum.appeals.reports import report_author
from forum.models import HelpCard, Lane, Post, PostRevision, PrivateNote, ReviewItem, Thread, VisitorQuestion
from forum.moderation.clinical_notes import add_note
from forum.moderation.help_cards import send_help_card, undo_help_card
from forum.moderation.item_actions import WRITE, actions_for
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.permissions import can_reply, can_start_thread, reason_closed
from forum.posting import read_only
from forum.posting.posts import PostText, reply
from forum.visitor_questions.codes import make_code
from forum.visitor_questions.questions import (
    QuestionsFull,
    ask,
    change_question,
    claim_question,
    find_question,
    opens_at,
    take_down_question,
)
from tests.forum.visitor_questions.conftest import BODY, TITLE, asked

ADDRESS = "reader@example.org"


def reload(question):
    return VisitorQuestion.objects.select_related("post__author", "post__thread").get(pk=question.pk)


def publish(question, by):
    approve(question.post.revisions.get(state="waiting"), by=by)
    return reload(question)


def answer(question, by, second):
    sent = reply(question.post.thread, PostText("Yes, if you are not drowsy."), by=by, key=uuid4())
    approve(sent.revisions.get(), by=second)
    return sent


def test_a_question_waits_for_review_as_a_thread(question):
    asked_question, code = question
    post = asked_question.post
    item = ReviewItem.objects.get(revision__post=post)
    assert (post.state, post.byline, item.kind, item.lane) == (Post.State.WAITING, "A visitor", "new", 3)
    assert find_question(code) == asked_question


def test_two_questions_have_nothing_in_common(room):
    one, two = asked(room)[0].post, asked(room, "How long does it take?")[0].post
    assert one.author != two.author
    assert [str(post.author) for post in (one, two)] == ["A visitor", "A visitor"]
    assert not NameClaim.objects.filter(user__in=[one.author, two.author]).exists()


def test_no_one_can_log_in_as_a_visitor(question):
    author = question[0].post.author
    assert (author.state, author.is_active, author.has_usable_password()) == (User.State.VISITOR, False, False)


def test_only_a_keyed_hash_of_the_code_is_stored(question):
    asked_question, code = question
    stored = str([*VisitorQuestion.objects.values(), *Post.objects.values(), *User.objects.values()])
    assert [word for word in (code, code.replace(" ", ""), code.replace(" ", "-")) if word in stored] == []
    assert len(asked_question.code_hash) == 64


def test_the_same_form_sent_twice_is_one_question(room):
    key = uuid4()
    one, two = (ask(room, PostText(BODY, title=TITLE), form_key=key) for _ in range(2))
    assert (one, Post.objects.count(), User.objects.count()) == (two, 1, 1)


def test_no_more_are_taken_than_clinicians_can_answer(room):
    for n in range(3):
        assert opens_at(room) <= timezone.now()
        asked(room, f"Question {n}?")
    with pytest.raises(QuestionsFull):
        asked(room, "One more?")
    first = VisitorQuestion.objects.earliest("asked_at")
    assert opens_at(room) == first.asked_at + timedelta(days=1)
    VisitorQuestion.objects.filter(pk=first.pk).update(asked_at=timezone.now() - timedelta(days=1))
    assert asked(room, "One more?")[0].post.state == Post.State.WAITING


def test_a_claimed_question_still_counts(room, maya):
    for n in range(3):
        question, _ = asked(room, f"Question {n}?")
    claim_question(question, by=maya)
    with pytest.raises(QuestionsFull):
        asked(room, "One more?")


def test_none_are_taken_when_the_category_takes_none(room):
    room.visitor_questions_per_day = 0
    room.save()
    assert opens_at(room) is None
    with pytest.raises(QuestionsFull):
        asked(room)


def test_links_are_limited_as_in_other_posts(room, settings):
    links = " ".join(f"https://example.org/{n}" for n in range(settings.FORUM_LINKS_PER_POST + 1))
    with pytest.raises(ValidationError):
        asked(room, links)
    assert (User.objects.count(), Thread.objects.count()) == (0, 0)


def test_danger_in_a_question_is_red(loaded_rules, room):
    item = ReviewItem.objects.get(post=asked(room, "I want to kill myself tonight.")[0].post)
    assert item.lane == Lane.RED


def test_members_ask_elsewhere_and_only_clinicians_answer(question, room, maya, dr_lind, dr_okafor):
    thread = publish(question[0], dr_okafor).post.thread
    assert (can_start_thread(maya, room), can_reply(maya, thread), can_reply(dr_lind, thread)) == (False, False, True)
    assert "without an account" in reason_closed(maya, room)
    assert "Only clinicians" in reason_closed(maya, thread)


def test_no_one_can_block_or_sanction_a_visitor_or_write_to_them(question, maya, vera, dr_okafor):
    author = question[0].post.author
    assert (can_block(maya, author), can_sanction(vera, author)) == (False, False)
    item = ReviewItem.objects.get(post=question[0].post)
    assert WRITE not in actions_for(item, dr_okafor)


def test_a_report_on_a_visitor_is_about_the_question(question, maya, dr_okafor, dr_lind):
    post = publish(question[0], dr_okafor).post
    report, _ = report_author(post, by=maya, reason="unkind")
    item = ReviewItem.objects.get(kind=ReviewItem.Kind.REPORT)
    names = [action.name for action in actions_for(item, dr_lind)]
    assert (report.post, report.member, "remove-reported" in names, "author-to-staff" in names) == (
        post,
        None,
        True,
        False,
    )


@pytest.mark.parametrize("decide", [ask_for_changes, reject])
def test_the_visitor_is_mailed_and_the_address_is_kept_only_while_it_is_needed(room, dr_okafor, decide):
    question, _ = asked(room, email=ADDRESS)
    decide(question.post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the number.")
    mail = OutboxEmail.objects.get()
    assert (mail.to, "naltrexone" in mail.body.lower(), TITLE in mail.body) == (ADDRESS, False, False)
    assert reload(question).email == (ADDRESS if decide is ask_for_changes else "")
    assert ("We have deleted your e-mail address" in mail.body) == (decide is reject)


def test_an_answer_is_mailed_once_and_the_address_deleted(room, dr_okafor, dr_lind):
    question, _ = asked(room, email=ADDRESS)
    question = publish(question, dr_okafor)
    assert (OutboxEmail.objects.filter(to=ADDRESS).count(), question.email) == (0, ADDRESS)
    answer(question, dr_lind, dr_okafor)
    answered = OutboxEmail.objects.filter(to=ADDRESS)
    assert (answered.count(), reload(question).email) == (1, "")
    sent = reply(question.post.thread, PostText("One more thing."), by=dr_lind, key=uuid4())
    approve(sent.revisions.get(), by=dr_okafor)
    assert answered.count() == 1


def test_a_refused_answer_is_no_news_for_the_visitor(room, dr_okafor, dr_lind):
    question = publish(asked(room, email=ADDRESS)[0], dr_okafor)
    sent = reply(question.post.thread, PostText("Take 50 mg."), by=dr_lind, key=uuid4())
    reject(sent.revisions.get(), by=dr_okafor, reason="dose")
    assert (OutboxEmail.objects.filter(to=ADDRESS).count(), reload(question).email) == (0, ADDRESS)


def test_a_clinical_note_is_an_answer(room, dr_okafor):
    question = publish(asked(room, email=ADDRESS)[0], dr_okafor)
    add_note(question.post, by=dr_okafor, body="Wait and see how you feel.")
    assert (OutboxEmail.objects.filter(to=ADDRESS).count(), reload(question).email) == (1, "")


def test_a_help_card_is_mailed_if_an_address_was_left(room, dr_okafor):
    without, _ = asked(room)
    with_address, _ = asked(room, "How long?", email=ADDRESS)
    for question in (without, with_address):
        item = ReviewItem.objects.get(post=question.post)
        send_help_card(question.post.author, by=dr_okafor, kind="self-harm", item=item)
    mail = OutboxEmail.objects.get(
        to__in=[ADDRESS, *User.objects.filter(state="visitor").values_list("email", flat=True)]
    )
    assert (mail.to, "You can choose that here" in mail.body) == (ADDRESS, False)
    undo_help_card(HelpCard.objects.get(person=with_address.post.author), by=dr_okafor)
    assert not OutboxEmail.objects.filter(to=ADDRESS).exists()


def test_a_change_is_a_new_revision_that_waits(question, dr_okafor):
    asked_question, _ = question
    ask_for_changes(asked_question.post.revisions.get(), by=dr_okafor, reason="dose", note="No numbers, please.")
    change_question(asked_question, PostText("And now?", title=TITLE), base_number=1)
    states = asked_question.post.revisions.order_by("number").values_list("state", flat=True)
    assert list(states) == [PostRevision.State.SUPERSEDED, PostRevision.State.WAITING]


def test_a_published_question_cannot_be_changed(question, dr_okafor):
    published = publish(question[0], dr_okafor)
    with pytest.raises(PermissionDenied):
        change_question(published, PostText("Something else.", title=TITLE), base_number=1)


def test_a_question_can_be_taken_down_before_and_after_publication(room, dr_okafor):
    waiting, public = asked(room)[0], publish(asked(room, "How long?")[0], dr_okafor)
    take_down_question(waiting)
    take_down_question(public)
    assert [reload(q).post.state for q in (waiting, public)] == [Post.State.WITHDRAWN, Post.State.DELETED]
    assert public.post.thread.category.threads.get(pk=public.post.thread_id).post_count == 0


def test_a_member_makes_a_question_theirs_and_stays_anonymous(question, maya, dr_okafor):
    published = publish(question[0], dr_okafor)
    visitor = published.post.author
    post = claim_question(published, by=maya)
    post.refresh_from_db()
    assert (post.author, post.byline, post.thread.author) == (maya, "Anonymous member 1", maya)
    assert find_question(question[1]) is None
    assert not User.objects.filter(pk=visitor.pk).exists()
    assert can_reply(maya, Thread.objects.get(pk=post.thread_id))


def test_what_clinicians_did_for_the_visitor_goes_to_the_member(question, maya, dr_okafor):
    asked_question, _ = question
    visitor, item = asked_question.post.author, ReviewItem.objects.get(post=asked_question.post)
    card = send_help_card(visitor, by=dr_okafor, kind="self-harm", item=item)
    note = PrivateNote.objects.create(by=dr_okafor, member=visitor, text="Seems calm.")
    claim_question(asked_question, by=maya)
    card.refresh_from_db()
    note.refresh_from_db()
    assert (card.person, note.member, maya.notifications.filter(kind="help-card").count()) == (maya, maya, 1)


def test_a_form_that_is_sent_again_shows_no_question_of_a_member(room, maya):
    key = uuid4()
    claim_question(ask(room, PostText(BODY, title=TITLE), form_key=key), by=maya)
    with pytest.raises(ValidationError, match="made it your own"):
        ask(room, PostText(BODY, title=TITLE), form_key=key)


def test_a_question_is_claimed_once(question, maya, noah):
    claim_question(question[0], by=maya)
    with pytest.raises(PermissionDenied):
        claim_question(question[0], by=noah)


def test_a_moderator_who_decided_cannot_claim(question, dr_okafor):
    published = publish(question[0], dr_okafor)
    with pytest.raises(PermissionDenied):
        claim_question(published, by=dr_okafor)


def test_a_clinician_who_answered_cannot_claim(question, dr_okafor, dr_lind):
    published = publish(question[0], dr_okafor)
    answer(published, dr_lind, dr_okafor)
    with pytest.raises(PermissionDenied):
        claim_question(published, by=dr_lind)


def test_a_suspended_member_cannot_claim(question, maya, vera):
    Sanction.objects.create(user=maya, by=vera, kind="suspension", reason="x", message="x", starts_at=timezone.now())
    with pytest.raises(PermissionDenied):
        claim_question(question[0], by=maya)


def test_no_question_is_taken_while_the_forum_is_read_only(room, lead):
    read_only.begin(by=lead, reason="A flood.")
    with pytest.raises(read_only.ReadOnly):
        asked(room)


def test_codes_of_forms_that_were_never_sent_find_nothing(question):
    assert find_question(make_code(uuid4())) is None
