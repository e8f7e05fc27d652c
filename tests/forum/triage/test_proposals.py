"""Weakening RED triage takes two people; everything else takes one."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.models import Notification
from core.transitions import IllegalTransition
from forum.models import Lane, TriageList, TriageModel, TriageProposal, TriageRule, TriageVersion
from forum.triage import proposals, rule_store
from forum.triage.detection import detect
from tests.conftest import person

BUTTON = "Send to a second person"
PROPOSED = "Someone proposed a change that would weaken triage. A second person has to decide."
IN_FORCE = "A change that weakens triage is now in force."
REJECTED = "A proposed change to triage was rejected."


@pytest.fixture
def fox(db):
    rule = TriageRule(key="fox", title="Foxes", lane=Lane.RED, phrases="purple fox\nviolet walrus")
    rule_store.save(rule, by=None)
    return rule


@pytest.fixture
def boss(db):
    return person("boss", "Boss", is_staff=True, is_superuser=True)


def changed(row, **values):
    """The row as a form would hand it over: changed, and not saved."""
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def told(sentence):
    return set(Notification.objects.filter(sentence=sentence).values_list("recipient__display_name", flat=True))


def lanes(text):
    return [finding.lane for finding in detect({"body": text})]


def test_one_person_alone_cannot_weaken(fox, dr_okafor, boss):
    for who in (dr_okafor, boss):
        with pytest.raises(proposals.NeedsSecondPerson):
            proposals.save_at_once(changed(fox, active=False), by=who)
    assert lanes("a purple fox") == [Lane.RED]


def test_one_person_may_strengthen_and_add(fox, dr_okafor):
    saved = proposals.save_at_once(changed(fox, phrases=fox.phrases + "\npink gnu"), by=dr_okafor)
    assert (saved.number, saved.by, saved.accepted_by) == (2, dr_okafor, None)
    new = TriageRule(key="gnu", title="Gnus", lane=Lane.RED, phrases="copper kettle")
    assert proposals.save_at_once(new, by=dr_okafor).number == 1
    assert lanes("a copper kettle, a pink gnu") == [Lane.RED, Lane.RED]


def test_a_proposal_changes_nothing_until_a_second_person_accepts_it(fox, dr_okafor, dr_lind):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="Too many false alarms.")
    assert (proposal.state, proposal.based_on, proposal.weakening) == ("waiting", 1, ["Switches the rule off"])
    assert lanes("a purple fox") == [Lane.RED]
    version = proposals.accept(proposal, by=dr_lind, answer="Agreed.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.answer) == ("accepted", dr_lind, "Agreed.")
    assert (version.number, version.by, version.accepted_by, version.content["active"]) == (
        2,
        dr_okafor,
        dr_lind,
        False,
    )
    assert lanes("a purple fox") == []


def test_no_one_accepts_or_rejects_their_own_and_an_administrator_is_not_exempt(fox, dr_okafor, boss, maya):
    for who in (dr_okafor, boss):
        proposal = proposals.propose(changed(fox, active=False), by=who, reason="x")
        for decide in (proposals.accept, proposals.reject):
            for refused in (who, maya):
                with pytest.raises(PermissionDenied):
                    decide(proposal, by=refused)
        with pytest.raises(PermissionDenied):
            proposals.withdraw(proposal, by=boss if who == dr_okafor else dr_okafor)
        proposals.withdraw(proposal, by=who)
    assert set(TriageProposal.objects.values_list("state", "decided_by")) == {("withdrawn", None)}
    with pytest.raises(PermissionDenied):
        proposals.propose(changed(fox, active=False), by=maya, reason="x")
    assert lanes("a purple fox") == [Lane.RED]


def test_the_database_refuses_it_too(fox, dr_okafor, dr_lind):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="x")
    rows = TriageProposal.objects.filter(pk=proposal.pk)
    decided = {"state": "accepted", "decided_by": dr_okafor, "decided_at": proposal.made_at}
    for refused in (
        lambda: rows.update(**decided),
        lambda: rows.update(state="accepted"),
        lambda: rows.update(reason=""),
        lambda: rows.update(content={}),
        rows.delete,
        lambda: proposals.TriageVersion.objects.create(
            subject="rule x", number=1, content={}, by=dr_okafor, accepted_by=dr_okafor
        ),
        lambda: TriageProposal.objects.create(
            subject="rule fox", based_on=1, content={}, weakening=[], reason="x", by=dr_lind
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


def test_moderators_and_administrators_are_told_but_not_the_person_who_acts(fox, dr_okafor, dr_lind, boss, maya, vera):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="Secret words.")
    assert told(PROPOSED) == {"Dr. Lind", "Boss"}
    proposals.accept(proposal, by=boss)
    assert told(IN_FORCE) == {"Dr. Okafor", "Dr. Lind"}
    second = proposals.propose(changed(fox, phrases="purple fox"), by=boss, reason="x")
    proposals.reject(second, by=dr_lind)
    assert told(REJECTED) == {"Dr. Okafor", "Boss"}
    urls = set(Notification.objects.values_list("url", flat=True))
    assert urls == {reverse("admin:forum_triageproposal_change", args=[each.pk]) for each in (proposal, second)}


def test_a_proposal_for_an_older_version_is_not_accepted(fox, dr_okafor, dr_lind):
    proposal = proposals.propose(changed(fox, phrases="purple fox"), by=dr_okafor, reason="x")
    proposals.save_at_once(changed(fox, phrases=fox.phrases + "\npink gnu"), by=dr_lind)
    with pytest.raises(IllegalTransition, match="changed after the proposal was made"):
        proposals.accept(proposal, by=dr_lind)
    fox.refresh_from_db()
    proposal.refresh_from_db()
    assert (fox.version, "pink gnu" in fox.phrases, proposal.state) == (2, True, "waiting")
    proposals.reject(proposal, by=dr_lind)


def test_a_proposal_of_someone_who_may_no_longer_edit_triage_is_only_rejected(fox, dr_okafor, dr_lind):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="x")
    dr_okafor.groups.clear()
    with pytest.raises(IllegalTransition, match="can’t change triage anymore"):
        proposals.accept(proposal, by=dr_lind)
    assert lanes("a purple fox") == [Lane.RED]
    proposals.reject(proposal, by=dr_lind)
    proposals.propose(changed(fox, active=False), by=dr_lind, reason="x")


def test_examples_are_checked_again_when_it_is_accepted(fox, dr_okafor, dr_lind):
    TriageList.objects.create(name="animal", words="fox\ngnu")
    proposals.save_at_once(changed(fox, phrases=fox.phrases + "\npink {animal}"), by=dr_okafor)
    row = changed(fox, phrases="pink {animal}", should_match="a pink gnu")
    proposal = proposals.propose(row, by=dr_okafor, reason="x")
    TriageList.objects.filter(name="animal").update(words="fox")
    with pytest.raises(ValidationError, match="should match but doesn’t"):
        proposals.accept(proposal, by=dr_lind)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_one_proposal_for_each_rule_waits_and_is_decided_once(fox, dr_okafor, dr_lind):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="x")
    with pytest.raises(IllegalTransition, match="Another change"):
        proposals.propose(changed(fox, lane=Lane.AMBER), by=dr_lind, reason="x")
    proposals.reject(proposal, by=dr_lind)
    with pytest.raises(IllegalTransition):
        proposals.accept(proposal, by=dr_lind)
    assert proposals.propose(changed(fox, lane=Lane.AMBER), by=dr_lind, reason="x").state == "waiting"


def test_a_form_opened_before_a_colleague_saved_is_neither_saved_nor_proposed(fox, dr_okafor, dr_lind):
    stale, staler = changed(fox, title="Old"), changed(fox, active=False)
    proposals.save_at_once(changed(fox, title="New"), by=dr_lind)
    with pytest.raises(IllegalTransition, match="Someone changed this just now"):
        proposals.save_at_once(stale, by=dr_okafor)
    with pytest.raises(IllegalTransition, match="Someone changed this just now"):
        proposals.propose(staler, by=dr_okafor, reason="x")


def test_a_new_rule_takes_no_misspelling_from_a_red_one(fox, dr_okafor):
    assert lanes("a purpel fox") == [Lane.RED]
    new = TriageRule(key="tea", title="Tea", lane=Lane.GREEN, phrases="purpel kettle")
    proposals.save_at_once(new, by=dr_okafor)
    assert lanes("a purpel fox") == [Lane.RED]


def test_a_list_is_guarded_while_a_red_rule_uses_it(fox, dr_okafor, dr_lind):
    row = TriageList(name="animal", words="fox\ngnu")
    proposals.save_at_once(row, by=dr_okafor)
    proposals.save_at_once(changed(row, words="gnu"), by=dr_okafor)  # no rule uses it yet
    proposals.save_at_once(changed(fox, phrases=fox.phrases + "\npink {animal}"), by=dr_okafor)
    proposals.save_at_once(changed(row, words="gnu\nfox"), by=dr_okafor)
    with pytest.raises(proposals.NeedsSecondPerson):
        proposals.save_at_once(changed(row, words="gnu"), by=dr_okafor)
    proposals.accept(proposals.propose(changed(row, words="gnu"), by=dr_okafor, reason="x"), by=dr_lind)
    row.refresh_from_db()
    assert (row.words, row.version, lanes("a pink fox")) == ("gnu", 4, [])


def test_switching_the_text_model_off_takes_two_people(dr_okafor, dr_lind):
    row = TriageModel()
    rule_store.save(row, by=None)
    with pytest.raises(proposals.NeedsSecondPerson):
        proposals.save_at_once(changed(row, threshold=100.0), by=dr_okafor)
    proposals.accept(proposals.propose(changed(row, active=False), by=dr_okafor, reason="x"), by=dr_lind)
    row.refresh_from_db()
    assert not row.active
    assert proposals.save_at_once(changed(row, active=True), by=dr_okafor).number == 3


def test_loading_the_content_file_needs_no_second_person(db):
    rule_store.load()
    assert TriageRule.objects.filter(lane=Lane.RED).exists()
    assert set(TriageVersion.objects.values_list("by", "accepted_by")) == {(None, None)}
    TriageRule.objects.filter(key="suicide").update(digest="older", phrases="suicide\nmore than the file has")
    assert rule_store.load() == 1
    assert not TriageProposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_accept_at_once_one_does(fox, dr_okafor, dr_lind, boss):
    proposal = proposals.propose(changed(fox, active=False), by=dr_okafor, reason="x")
    done, ready = [], threading.Barrier(2)

    def decide(who):
        ready.wait()
        try:
            done.append(proposals.accept(proposal, by=who).number)
        except IllegalTransition:
            done.append(None)
        connection.close()

    threads = [threading.Thread(target=decide, args=[who]) for who in (dr_lind, boss)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(done, key=str) == [2, None]


def main(response):
    return " ".join(response.content.decode().split("<main")[1].split("</main>")[0].split())


@pytest.fixture
def send(client, fox):
    """Send the form of the rule as someone, with these changes, and return the page after it."""

    def send(who, row=fox, **changes):
        client.force_login(who)
        url = reverse(f"admin:forum_{row._meta.model_name}_change", args=[row.pk])
        fields = {name: "" if value is None else value for name, value in model_to_dict(row).items()} | changes
        return client.post(url, {name: value for name, value in fields.items() if value is not False}, follow=True)

    return send


def test_the_form_says_what_would_be_weakened_and_keeps_what_was_typed(send, fox, dr_okafor):
    page = send(dr_okafor, phrases="purple fox\npink gnu", advice="Please call.")
    html = main(page)
    for words in (
        "This change needs a second person. Nothing has been saved yet.",
        "<li>Removes or changes 1 phrase</li>",
        "pink gnu</textarea>",
        "Please call.</textarea>",
        'name="propose" value="Send to a second person"',
    ):
        assert words in html, words
    assert "Please correct the error" not in html
    assert (TriageProposal.objects.count(), TriageVersion.objects.count()) == (0, 1)


def test_a_reason_is_required_and_then_it_is_sent(send, fox, dr_okafor):
    page = send(dr_okafor, active=False, propose=BUTTON, reason=" ")
    assert "Say why, so that the second person can decide." in main(page)
    assert not TriageProposal.objects.exists()
    page = send(dr_okafor, active=False, propose=BUTTON, reason="Too many false alarms.")
    html = main(page)
    assert "Sent. Nothing changes until a second person accepts it." in page.content.decode()
    for words in (
        "A change is waiting for a second person",
        "Switches the rule off",
        "Too many false alarms.",
        'value="Withdraw"',
    ):
        assert words in html, words
    assert 'value="Accept"' not in html
    fox.refresh_from_db()
    assert (fox.active, fox.version) == (True, 1)


def test_a_change_that_strengthens_is_saved_at_once_even_with_the_button(send, fox, dr_okafor):
    page = send(dr_okafor, phrases=fox.phrases + "\npink gnu", propose=BUTTON, reason="x")
    assert "was changed successfully" in page.content.decode()
    assert "Nothing changes until" not in page.content.decode()
    fox.refresh_from_db()
    assert (fox.version, TriageProposal.objects.count()) == (2, 0)


def test_a_second_weakening_is_refused_while_one_waits(send, dr_okafor, dr_lind):
    send(dr_okafor, active=False, propose=BUTTON, reason="x")
    page = send(dr_lind, lane=2, propose=BUTTON, reason="x")
    assert proposals.ALREADY_WAITING in main(page)
    assert TriageProposal.objects.count() == 1


def test_what_weakens_can_still_be_tried(send, dr_okafor):
    page = send(dr_okafor, phrases="purple fox", _try="1")
    assert "Nothing was saved or sent." in main(page)


@pytest.mark.parametrize(
    ("answer", "says", "state", "active"),
    [
        ("accept", "The change is now in force", "accepted", False),
        ("reject", "Rejected. Triage stays as it is.", "rejected", True),
    ],
)
def test_a_second_person_decides_on_the_page(client, send, fox, dr_okafor, dr_lind, answer, says, state, active):
    send(dr_okafor, active=False, propose=BUTTON, reason="Too many false alarms.")
    proposal = TriageProposal.objects.get()
    client.force_login(dr_lind)
    listed = client.get(reverse("admin:forum_triagerule_changelist")).content.decode()
    assert "A change needs a second person" in listed
    page = client.get(reverse("admin:forum_triagerule_change", args=[fox.pk]))
    assert "<strong>active:</strong> <del>True</del><ins>False</ins>" in main(page)
    url = reverse("admin:forum_triageproposal_answer", args=[proposal.pk, answer])
    assert f'action="{url}"' in main(page)
    done = client.post(url, {"answer": "I looked."}, follow=True)
    assert says in done.content.decode() and "Dr. Lind said: I looked." in main(done)
    proposal.refresh_from_db()
    fox.refresh_from_db()
    assert (proposal.state, fox.active) == (state, active)
    history = main(client.get(reverse("admin:forum_triagerule_change", args=[fox.pk])))
    assert ("proposed by Dr. Okafor, accepted by Dr. Lind" in history) == (not active)
    again = client.post(url, {"answer": "Twice."}).content.decode()
    assert f"This proposal has already been {state}." in again and "Twice." not in again


def test_the_page_says_why_it_cannot_be_accepted_and_keeps_the_answer(client, send, fox, dr_okafor, dr_lind):
    send(dr_okafor, active=False, propose=BUTTON, reason="x")
    proposals.save_at_once(changed(fox, title="New"), by=dr_lind)
    client.force_login(dr_lind)
    url = reverse("admin:forum_triageproposal_answer", args=[TriageProposal.objects.get().pk, "accept"])
    page = client.post(url, {"answer": "I looked."})
    assert proposals.OUTDATED in page.content.decode() and "I looked.</textarea>" in page.content.decode()
    page = client.post(url, {"answer": "x" * 501})
    assert "at most 500 characters" in page.content.decode() and "x" * 501 in page.content.decode()


def test_the_one_who_proposed_it_withdraws_it(client, send, dr_okafor, elif_):
    send(dr_okafor, active=False, propose=BUTTON, reason="x")
    proposal = TriageProposal.objects.get()
    page, withdraw, accept = (
        reverse("admin:forum_triageproposal_change", args=[proposal.pk]),
        reverse("admin:forum_triageproposal_answer", args=[proposal.pk, "withdraw"]),
        reverse("admin:forum_triageproposal_answer", args=[proposal.pk, "accept"]),
    )
    assert client.post(accept).status_code == 403
    assert "You withdrew it." in client.post(withdraw, follow=True).content.decode()
    client.force_login(elif_)
    assert (client.get(page).status_code, client.post(withdraw).status_code) == (403, 403)
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


def test_lists_and_the_text_model_ask_for_a_second_person_too(send, fox, dr_okafor):
    row = TriageList.objects.create(name="animal", words="fox\ngnu")
    proposals.save_at_once(changed(fox, phrases=fox.phrases + "\npink {animal}"), by=dr_okafor)
    assert "<li>Removes 1 word that red rules look for</li>" in main(send(dr_okafor, row, words="fox"))
    model = TriageModel.objects.create()
    assert "<li>Switches the text model off</li>" in main(send(dr_okafor, model, active=False))
    send(dr_okafor, model, active=False, propose=BUTTON, reason="It is often wrong.")
    assert TriageProposal.objects.get().subject == "model danger"


def test_those_who_may_decide_see_the_number_in_the_queue_and_in_the_admin(
    client, send, dr_okafor, dr_lind, boss, elif_
):
    send(dr_okafor, active=False, propose=BUTTON, reason="x")
    words = "1 change that would weaken triage needs your decision"

    def shown(who, page):
        client.force_login(who)
        return words in client.get(reverse(page)).content.decode()

    assert [shown(who, "forum:review-queue") for who in (dr_okafor, dr_lind)] == [False, True]
    assert [shown(who, "admin:index") for who in (dr_okafor, dr_lind, boss, elif_)] == [False, True, True, False]


@pytest.mark.parametrize("pk", ["9", "x", "99999999999999999999"])
def test_an_unknown_proposal_is_not_found(client, dr_okafor, pk):
    client.force_login(dr_okafor)
    assert client.get(f"/admin/forum/triageproposal/{pk}/change/").status_code == 404
