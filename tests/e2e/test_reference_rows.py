"""A question of the guide is edited, reviewed and published; accessibility of these pages."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from playwright.sync_api import expect

from accounts.management.commands.demo_accounts import code, secret
from accounts.roles import EDITORS, REVIEWERS
from guide.models import Autosave, OutcomeFigure, Proposal, Question
from guide.review.workflow import submit
from tests.conftest import clinician, empty_caches, person
from tests.e2e.page_checks import faults, faults_at

# A conflict, a site out of reach, and a preview that is aborted by leaving the page. A server's error is none of them.
EXPECTED = ["409", "ERR_FAILED", "htmx:afterRequest", "htmx:sendError", "htmx:sendAbort"]
WORDS = "A calmer answer, in plain words.[^S1]"


def restore_rights():
    """Restore the guide's group permissions, which emptying the tables removes."""
    of_guide = Permission.objects.filter(content_type__app_label="guide")
    signing = of_guide.filter(
        codename__in=["sign_articlerevision", "view_article", "view_articlerevision", "view_source"]
    )
    Group.objects.get(name=EDITORS).permissions.set(of_guide.exclude(codename="sign_articlerevision"))
    Group.objects.get(name=REVIEWERS).permissions.set(signing)


@pytest.fixture
def people(site):
    restore_rights()
    elif_ = person("elif", "Elif", EDITORS, is_staff=True)
    okafor = clinician("okafor", "Dr. Okafor", REVIEWERS, is_staff=True)
    for user in (elif_, okafor):
        user.set_password("a-long-password")
        user.save()
        TOTP.activate(user, secret(user.email))
    return elif_, okafor


@pytest.fixture
def enter(browser, site):
    """Open a page for a logged-in user; none may have complaints at the end."""
    complaints, windows = [], []

    def enter(user, **how):
        window = browser.new_context(**how)
        windows.append(window)
        page = window.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto(site + "/admin/")
        page.get_by_label("E-mail address").fill(user.email)
        page.get_by_label("Password").fill("a-long-password")
        page.get_by_role("button", name="Log in", exact=True).click()
        page.get_by_label("Code").fill(code(user.email))
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(site + "/admin/")
        return page

    yield enter
    for window in windows:
        window.close()
    assert [c for c in complaints if not any(words in c for words in EXPECTED)] == []


def test_a_question_is_written_reviewed_and_published(people, enter, site, page):
    elif_, okafor = people
    question = Question.objects.first()
    hers = enter(elif_)
    hers.goto(site + reverse("admin:guide_question_change", args=[question.pk]))
    frame = hers.frame_locator("iframe.preview-frame")
    expect(frame.get_by_text(question.question)).to_be_visible()
    hers.get_by_label("Answer").fill(WORDS)
    expect(frame.get_by_text("A calmer answer")).to_be_visible()
    hers.get_by_label("What changes, and why").fill("calmer")
    hers.get_by_role("button", name="Save", exact=True).click()
    expect(hers.get_by_text("Saved as a draft")).to_be_visible()
    hers.get_by_role("button", name="Send for review").click()
    expect(hers.get_by_text("Sent for review.")).to_be_visible()
    expect(hers.get_by_role("button", name="Approve")).to_have_count(0)
    theirs = enter(okafor)
    theirs.goto(site + reverse("admin:guide_proposal_changelist"))
    theirs.get_by_role("link", name=question.question).click()
    expect(theirs.frame_locator("iframe").get_by_text("A calmer answer")).to_be_visible()
    for box in theirs.get_by_role("checkbox").all():  # by the keyboard alone
        box.focus()
        theirs.keyboard.press("Space")
    theirs.get_by_role("button", name="Approve").focus()
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_text("Readers see it now")).to_be_visible()
    empty_caches()
    page.goto(site + "/guide/faq/")
    expect(page.get_by_text("A calmer answer")).to_have_count(1)


def is_typed_without_the_site(hers, form, answer, question):
    """What the server could not store is restored from the device, and discarded."""
    hers.route("**/autosave-fragment/", lambda route: route.abort())
    answer.fill("Typed without the site.")
    expect(hers.get_by_text("Autosaved on this device only")).to_be_visible()
    hers.goto(form)
    hers.get_by_role("button", name="Restore it").click()
    expect(answer).to_have_value("Typed without the site.")
    hers.unroute("**/autosave-fragment/")
    hers.get_by_role("button", name="discard it").click()
    expect(answer).to_have_value(question.answer)


def is_typed_into_the_grid(hers, site):
    hers.goto(site + reverse("admin:guide_matrix"))
    cell = hers.get_by_role("textbox", name="in detail").nth(3)
    cell.click()
    hers.keyboard.press("Control+A")
    hers.keyboard.press("Control+B")
    hers.keyboard.type("A new detail")
    expect(hers.get_by_text("Autosaved at")).to_be_visible()
    hers.reload()
    expect(cell).to_have_value("**A new detail**")


def wait_for_autosave(page, words):
    """Wait until the server has what the browser sent while the page was left: another page may come sooner."""
    for _ in range(100):
        if Autosave.objects.filter(fields__answer__icontains=words).exists():
            return
        page.wait_for_timeout(100)
    raise AssertionError("The server never got it.")


def test_what_is_typed_into_a_row_and_the_grid_is_not_lost(people, enter, site):
    hers, question = enter(people[0]), Question.objects.first()
    form, asked = site + reverse("admin:guide_question_change", args=[question.pk]), []
    hers.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    hers.goto(form)
    answer = hers.get_by_label("Answer")
    answer.fill("one two")
    answer.evaluate("(area) => area.setSelectionRange(4, 7)")
    hers.get_by_role("button", name="Bold").click()
    expect(answer).to_have_value("one **two**")
    hers.goto(site + "/admin/")
    assert asked == ["beforeunload"]
    wait_for_autosave(hers, "**two**")
    hers.goto(form)
    expect(hers.get_by_text("We restored what you typed here")).to_be_visible()
    expect(answer).to_have_value("one **two**")
    answer.press("End")
    hers.get_by_role("button", name="a source").click()
    hers.keyboard.type("S12")
    hers.locator("[data-insert='[^S12]']").click()
    expect(answer).to_have_value("one **two**[^S12]")
    expect(hers.get_by_text("Autosaved at")).to_be_visible()
    assert "[^S12]" in Autosave.objects.get().fields["answer"]
    is_typed_without_the_site(hers, form, answer, question)
    is_typed_into_the_grid(hers, site)
    assert faults(hers, "#content") == []


def test_axe_finds_nothing_on_the_pages_of_rows_and_proposals(people, enter, site):
    elif_, okafor = people
    hers = enter(elif_)
    question, figure = Question.objects.first(), OutcomeFigure.objects.first()
    hers.goto(site + reverse("admin:guide_question_change", args=[question.pk]))
    hers.get_by_label("Answer").fill(WORDS)
    hers.get_by_role("button", name="Save", exact=True).click()
    expect(hers.get_by_text("Saved as a draft")).to_be_visible()
    proposal = Proposal.objects.of_rows().get()
    submit(proposal, by=elif_)
    review = reverse("admin:guide_proposal_review", args=[proposal.pk])
    lists = ("proposal_changelist", "matrix", "source_duplicates", "dashboard", "handbook", "claims")
    pages = [reverse(f"admin:guide_{name}") for name in lists]
    pages += [review, reverse("admin:guide_outcomefigure_change", args=[figure.pk])]
    found = faults_at(hers, *(site + path for path in pages), context="#content")
    assert found + faults_at(enter(okafor), site + review, context="#content") == []
