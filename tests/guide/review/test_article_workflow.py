"""From a draft to what readers see: who may, from which state, and what the database refuses whoever asks."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guide.models import Article, ArticleRevision, RevisionDecision
from guide.review.article_workflow import CHECKLIST
from guide.review.scheduled_publishing import publish_due
from guide.services import (
    Draft,
    IllegalTransition,
    ReadAnew,
    Remark,
    TextHasFaults,
    approve_revision,
    publish_urgently,
    roll_back,
    send_back_revision,
    submit_revision,
    take_back_revision,
    write_revision,
)

NEW = Draft("New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "Clearer words", True)
ACTS = {
    "submit": lambda r, e, d: submit_revision(r, by=e),
    "take back": lambda r, e, d: take_back_revision(r, by=e),
    "send back": lambda r, e, d: send_back_revision(r, by=d, reason="No.", comments=[]),
    "approve": lambda r, e, d: approve_revision(r, by=d, checked=CHECKLIST),
    "urgent": lambda r, e, d: publish_urgently(r, by=e, reason="Danger."),
}
LEGAL = {
    ("draft", "submit"): "submitted",
    ("sent-back", "submit"): "submitted",
    ("submitted", "take back"): "draft",
    ("submitted", "send back"): "sent-back",
    ("submitted", "approve"): "approved",
    ("draft", "urgent"): "approved",
    ("submitted", "urgent"): "approved",
    ("sent-back", "urgent"): "approved",
}


@pytest.fixture
def draft(article, elif_):
    return write_revision(article, NEW, by=elif_)


@pytest.fixture
def waiting(draft, elif_):
    submit_revision(draft, by=elif_)
    draft.refresh_from_db()
    return draft


def live(article):
    return Article.objects.get(pk=article.pk).live_revision


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ArticleRevision.State.values)
def test_every_act_from_every_state(draft, elif_, dr_okafor, state, act):
    ArticleRevision.objects.filter(pk=draft.pk).update(state=state)
    before = RevisionDecision.objects.count()
    if (state, act) in LEGAL:
        ACTS[act](draft, elif_, dr_okafor)
    else:
        with pytest.raises((IllegalTransition, ReadAnew)):
            ACTS[act](draft, elif_, dr_okafor)
        assert RevisionDecision.objects.count() == before
    draft.refresh_from_db()
    assert draft.state == LEGAL.get((state, act), state)


def test_only_an_approved_text_is_read_and_the_page_names_who_reviewed_it(article, waiting, dr_okafor, client):
    assert "New text." not in client.get("/guide/small/").content.decode()
    dr_okafor.credentials.update(name_public=True, public_name="Ada Okafor", profession="pharmacist")
    approve_revision(waiting, by=dr_okafor, checked=CHECKLIST)
    page = client.get("/guide/small/?fresh").content.decode()
    assert "New text." in page
    assert "Reviewed by Ada Okafor, pharmacist on" in page
    assert "Next review due" in page
    assert "What changed" in page
    assert "Clearer words" in page
    decision = waiting.decisions.get(action="approved")
    assert (decision.by, decision.checked) == (dr_okafor, list(CHECKLIST))


def test_nobody_approves_their_own_nor_what_they_sent_nor_what_they_wrote_of_it(article, elif_, dr_okafor, dr_lind):
    dr_okafor.user_permissions.add(Permission.objects.get(codename="change_article"))
    okafor = type(dr_okafor).objects.get(pk=dr_okafor.pk)
    own = write_revision(article, NEW, by=okafor)
    submit_revision(own, by=elif_)
    with pytest.raises(PermissionDenied):
        approve_revision(own, by=okafor, checked=CHECKLIST)
    on_top = write_revision(article, NEW, by=elif_)
    submit_revision(on_top, by=elif_)
    with pytest.raises(PermissionDenied):
        approve_revision(on_top, by=okafor, checked=CHECKLIST)
    approve_revision(on_top, by=dr_lind, checked=CHECKLIST)
    sent = write_revision(article, NEW, by=elif_)
    submit_revision(sent, by=okafor)
    with pytest.raises(PermissionDenied):
        approve_revision(sent, by=okafor, checked=CHECKLIST)
    assert live(article) == on_top


def test_administrators_do_not_approve_their_own_either(article, django_user_model, elif_):
    boss = django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    own = write_revision(article, NEW, by=boss)
    submit_revision(own, by=elif_)
    with pytest.raises(PermissionDenied):
        approve_revision(own, by=boss, checked=CHECKLIST)


def test_editors_and_members_do_not_approve(waiting, elif_, maya, vera):
    for who in (elif_, maya, vera):
        with pytest.raises(PermissionDenied):
            approve_revision(waiting, by=who, checked=CHECKLIST)


def test_a_lapsed_credential_takes_the_right_along(waiting, dr_okafor):
    dr_okafor.credentials.update(expires_at=timezone.now())
    with pytest.raises(PermissionDenied):
        approve_revision(waiting, by=dr_okafor, checked=CHECKLIST)


@pytest.mark.parametrize("missing", CHECKLIST)
def test_each_point_of_the_checklist_is_needed(waiting, dr_okafor, missing):
    with pytest.raises(ValueError, match="ticked"):
        approve_revision(waiting, by=dr_okafor, checked=[key for key in CHECKLIST if key != missing])


def test_a_text_with_faults_is_kept_but_not_sent(article, elif_):
    draft = write_revision(article, Draft("T", "S", "Short.[^site]", "A claim.\n"), by=elif_)
    with pytest.raises(TextHasFaults) as refusal:
        submit_revision(draft, by=elif_)
    assert refusal.value.args == ("line 1: no source for “A claim.”",)


def test_what_changed_meanwhile_is_not_decided_on(article, waiting, elif_, dr_okafor):
    read_beside = article.live_revision_id
    publish_urgently(write_revision(article, NEW, by=elif_), by=elif_, reason="Danger.")
    with pytest.raises(ReadAnew):
        approve_revision(waiting, by=dr_okafor, checked=CHECKLIST, read_against=read_beside)


def test_a_newer_text_that_is_sent_replaces_the_one_that_waits(article, waiting, elif_, dr_okafor):
    newer = write_revision(article, NEW, by=elif_)
    submit_revision(newer, by=elif_)
    with pytest.raises(ReadAnew):
        approve_revision(waiting, by=dr_okafor, checked=CHECKLIST)
    waiting.refresh_from_db()
    assert waiting.state == "superseded"


def test_remarks_go_back_with_the_text_to_their_places(waiting, dr_okafor):
    remark = Remark("body", 3, "New text", "Which one?")
    send_back_revision(waiting, by=dr_okafor, reason="", comments=[remark])
    kept = waiting.comments.get()
    assert (kept.part, kept.line, kept.quote, kept.text, kept.by) == ("body", 3, "New text", "Which one?", dr_okafor)


def test_sending_back_says_something(waiting, dr_okafor):
    with pytest.raises(ValueError, match="Say what"):
        send_back_revision(waiting, by=dr_okafor, reason=" ", comments=[])


def test_an_urgent_text_says_that_it_is_unreviewed_until_it_is(article, draft, elif_, dr_okafor, client):
    publish_urgently(draft, by=elif_, reason="A wrong dose.")
    assert "nobody but its author has reviewed" in client.get("/guide/small/").content.decode()
    approve_revision(draft, by=dr_okafor, checked=CHECKLIST)
    page = client.get("/guide/small/?fresh").content.decode()
    assert "nobody but its author has reviewed" not in page
    assert "Reviewed by Dr. Okafor, physician on" in page


def test_a_chosen_time_comes_with_no_job_running(
    article, waiting, dr_okafor, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        approve_revision(waiting, by=dr_okafor, checked=CHECKLIST, live_at=timezone.now() + timedelta(hours=1))
    assert "New text." not in client.get("/guide/small/").content.decode()
    ArticleRevision.objects.filter(pk=waiting.pk).update(live_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        bring_due_live_later(client)
    page = client.get("/guide/small/").content.decode()
    assert "New text." in page
    assert "Reviewed by Dr. Okafor" in page
    assert publish_due() == 0


def bring_due_live_later(client):
    """The hour passed, and so did the minute for which a cache may know the next one."""
    from django.core.cache import cache

    cache.delete("guide:next-due")
    client.get("/guide/")


def test_nothing_due_costs_no_query(article, client, django_assert_num_queries):
    client.get("/guide/small/")
    with django_assert_num_queries(0):
        client.get("/guide/small/")


def test_a_plan_ends_when_another_text_goes_live_first(article, waiting, elif_, dr_okafor):
    approve_revision(waiting, by=dr_okafor, checked=CHECKLIST, live_at=timezone.now() + timedelta(hours=1))
    urgent = write_revision(article, NEW, by=elif_)
    publish_urgently(urgent, by=elif_, reason="Danger.")
    waiting.refresh_from_db()
    assert (waiting.live_at, live(article)) == (None, urgent)
    assert waiting.decisions.first().reason == "Another text went live before its time."


def test_rolling_back_is_a_revision_of_its_own(article, draft, elif_):
    first = article.live_revision
    publish_urgently(draft, by=elif_, reason="x")
    back = roll_back(article, first, by=elif_, reason="It was right.")
    assert live(article) == back
    assert (back.number, back.body, back.author) == (3, first.body, elif_)
    assert back.decisions.get().reason == "It was right."


def test_only_what_readers_read_comes_back_and_with_a_reason(article, draft, elif_):
    for revision, reason in [(draft, "x"), (article.live_revision, " ")]:
        with pytest.raises(ValueError):
            roll_back(article, revision, by=elif_, reason=reason)


SQL = {
    "approve one's own": "INSERT INTO guide_revisiondecision (revision_id, action, by_id, credential, reason, checked, "
    "decided_at) VALUES (%(r)s, 'approved', %(me)s, '', '', '{{}}', now())",
    "sign one's own": "INSERT INTO guide_revisiondecision (revision_id, action, by_id, credential, reason, checked, "
    "decided_at) VALUES (%(r)s, 'signed', %(me)s, 'x', '', '{{}}', now())",
    "approve by nobody": "INSERT INTO guide_revisiondecision (revision_id, action, credential, reason, checked, decided_at)"
    " VALUES (%(r)s, 'approved', '', '', '{{}}', now())",
    "publish unapproved": "INSERT INTO guide_revisiondecision (revision_id, action, by_id, credential, reason, checked, "
    "decided_at) VALUES (%(r)s, 'published', %(me)s, '', '', '{{}}', now())",
    "load one's own": "INSERT INTO guide_revisiondecision (revision_id, action, credential, reason, checked, decided_at)"
    " VALUES (%(r)s, 'loaded', '', '', '{{}}', now())",
    "roll back to what never was": "INSERT INTO guide_revisiondecision (revision_id, action, by_id, credential, reason, "
    "checked, decided_at) VALUES (%(r)s, 'rolled-back', %(me)s, '', 'x', '{{}}', now())",
    "make it live": "UPDATE guide_article SET live_revision_id = %(r)s",
    "call it approved and make it live": "UPDATE guide_articlerevision SET state = 'approved' WHERE id = %(r)s;"
    "UPDATE guide_article SET live_revision_id = %(r)s",
    "rewrite it": "UPDATE guide_articlerevision SET body = 'x' WHERE id = %(r)s",
    "change the author": "UPDATE guide_articlerevision SET author_id = NULL WHERE id = %(r)s",
    "forget a decision": "DELETE FROM guide_revisiondecision",
    "rewrite a decision": "UPDATE guide_revisiondecision SET by_id = NULL",
    "forget a revision": "DELETE FROM guide_articlerevision WHERE id = %(r)s",
}


@pytest.mark.parametrize("what", SQL)
def test_the_database_refuses_the_applications_own_role(article, waiting, elif_, what):
    before = live(article)
    sql = SQL[what].replace("{{}}", "{}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"r": waiting.pk, "me": elif_.pk})
    assert live(article) == before


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_make_one_decision(article, waiting, dr_okafor, dr_lind):
    start, results = threading.Block(2), []

    def work(who):
        try:
            start.wait(30)
            results.append(approve_revision(waiting, by=who, checked=CHECKLIST).action)
        except Exception as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[who]) for who in (dr_okafor, dr_lind)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert waiting.decisions.filter(action="published").count() == 1
