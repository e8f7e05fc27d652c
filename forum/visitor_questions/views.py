"""Pages of questions without an account. They need no cookie, and no address holds a code."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.rate_limits import is_mail_limited, is_rate_limited
from core.params import INTEGER_DIGITS, int_or_none
from core.requests import AuthenticatedHttpRequest
from forum.models import Category, OutsideText, VisitorQuestion
from forum.publishing.waiting_time import waiting_time
from forum.triage.advice_view import text_parts
from forum.triage.author_advice import advice_for
from forum.triage.detection import detect
from forum.triage.intake import take_in_outside_text
from forum.visitor_questions import questions
from forum.visitor_questions.codes import make_code
from forum.visitor_questions.forms import ChangedQuestionForm, CodeForm, QuestionForm, QuestionTextForm
from forum.visitor_questions.question_page import question_context

View = Callable[..., HttpResponse]
QuestionView = Callable[[HttpRequest, VisitorQuestion, str], HttpResponse]
NO_QUESTION = (
    "We can’t find a question with these words. Please check the words and their order. A code works for 90 days."
)
TOO_MANY_CODES = "There have been too many tries from your connection. Please wait 15 minutes."
TOO_MANY_QUESTIONS = "There have been several questions from your connection today. Please try again tomorrow."
TOO_MANY_MAILS = "We can’t send more mail to this address today. Ask without it: your code shows you the answer."
CANT_CLAIM = (
    "You can’t make this question yours right now: a clinician is looking into it, or you’ve taken part in its thread."
)


def private(view: View) -> View:
    """Keep a page out of caches, search engines and referrers.

    It is exempt from CSRF protection, which needs a cookie: it uses no session, so a forged request can do only what anyone
    can do who knows the code.
    """

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    guarded = require_http_methods(["GET", "HEAD", "POST"])(answer)
    return csrf_exempt(never_cache(sensitive_post_parameters()(guarded)))


def by_code(view: QuestionView) -> View:
    """Ask for the code, and pass the question on with it. Wrong codes are all answered alike."""

    @private
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        form, found = _find(request)
        if found is None:
            return render(request, "forum/visitor_questions/enter_code.html", {"form": form})
        return view(request, found, form.cleaned_data["code"])

    return answer


def _find(request: HttpRequest) -> tuple[CodeForm, VisitorQuestion | None]:
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return form, None
    limited = is_rate_limited(request, "question_code")
    found = None if limited else questions.find_question(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", TOO_MANY_CODES if limited else NO_QUESTION)
    return form, found


@private
def ask(request: HttpRequest) -> HttpResponse:
    category = get_object_or_404(Category, for_visitors=True)
    form = QuestionForm(request.POST or None)
    context = {"form": form, "category": category, "opens_at": questions.opens_at(category), "now": timezone.now()}
    if request.method == "POST":
        if form.is_valid() and (question := _send(request, form, category)):
            return _show(request, question, make_code(form.cleaned_data["key"]), is_new=True)
        context |= advice_for(detect(text_parts(request)), User(country=form.data.get("country", "")))
    return render(request, "forum/visitor_questions/ask.html", context | {"waiting": waiting_time()})


def _send(request: HttpRequest, form: QuestionForm, category: Category) -> VisitorQuestion | None:
    """Send a question, or show why it can't be sent now."""
    where = {name: form.cleaned_data[name] for name in ("country", "email")}
    if is_rate_limited(request, "visitor_question"):
        form.add_error(None, TOO_MANY_QUESTIONS)
    elif where["email"] and is_mail_limited(request, where["email"]):
        form.add_error("email", TOO_MANY_MAILS)
    else:
        try:
            return questions.ask(category, form.text(), form_key=form.cleaned_data["key"], **where)
        except ValidationError as error:
            _refuse(request, form, error)
    return None


def _refuse(request: HttpRequest, form: QuestionTextForm, error: ValidationError, by: User | None = None) -> None:
    """Show why a text can't be sent now. If it sounds like danger, a clinician reads it all the same."""
    whole = "\n\n".join([form.text().title, form.text().body])
    take_in_outside_text(whole, source=OutsideText.Source.UNSENT, by=by, url=request.path)
    form.add_error(None, error)


@by_code
def question(request: HttpRequest, found: VisitorQuestion, code: str) -> HttpResponse:
    return _show(request, found, code)


def _show(request: HttpRequest, found: VisitorQuestion, code: str, **context: Any) -> HttpResponse:
    context |= question_context(found)
    return render(request, "forum/visitor_questions/question.html", {"code": code, **context})


@by_code
def change(request: HttpRequest, found: VisitorQuestion, code: str) -> HttpResponse:
    """Show the form, and send it if it comes with a text."""
    if not questions.can_change_question(found):
        return _show(request, found, code)
    newest = found.post.revisions.order_by("-number")[0]
    initial = {"title": newest.title, "body": newest.body, "seen": newest.number}
    form = ChangedQuestionForm(request.POST if "body" in request.POST else None, initial=initial)
    if form.is_valid():
        try:
            questions.change_question(found, form.text(), base_number=_base_number(request))
            return _show(request, questions.find_question(code) or found, code, changed=True)
        except ValidationError as error:
            _refuse(request, form, error, found.post.author)
    advice = advice_for(detect(text_parts(request)), found.post.author) if form.is_bound else {}
    context = {"form": form, "code": code, **question_context(found), **advice}
    return render(request, "forum/visitor_questions/change.html", context)


def _base_number(request: HttpRequest) -> int:
    return int_or_none(request.POST.get("seen"), digits=INTEGER_DIGITS) or 0


@by_code
def take_down(request: HttpRequest, found: VisitorQuestion, code: str) -> HttpResponse:
    """Ask first: a question that was taken down can't be restored."""
    if "confirmed" not in request.POST:
        return render(request, "forum/visitor_questions/take_down.html", {"post": found.post, "code": code})
    try:
        questions.take_down_question(found)
    except PermissionDenied:  # it was decided in the meantime
        return _show(request, found, code)
    return _show(request, questions.find_question(code) or found, code)


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: AuthenticatedHttpRequest) -> HttpResponse:
    form, found = _find(request)
    if found:
        try:
            post = questions.claim_question(found, by=request.user)
        except PermissionDenied:
            form.add_error(None, CANT_CLAIM)
        else:
            messages.success(request, "The question is yours now. Others see it as by an anonymous member.")
            return redirect("forum:my-post", post.pk)
    return render(request, "forum/visitor_questions/claim.html", {"form": form})
