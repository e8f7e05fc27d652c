"""Help lines as open data, and the form for reporting a wrong one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.danger import read_for_danger
from accounts.rate_limits import is_rate_limited
from core.open_data import open_json
from guide.models import HelpLine
from guide.pages.feedback_forms import HelpLineReportForm
from guide.pages.help_line_data import help_line_data
from guide.pages.help_line_reports import report_help_line
from guide.pages.help_lines import other_lines
from guide.text.crisis_words import may_be_in_danger


@require_safe
def help_lines_json(request: HttpRequest) -> HttpResponse:
    """Show all help lines. Any other site may read them."""
    return open_json(help_line_data())


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report that a help line is wrong. Whoever couldn't reach it sees other lines first."""
    line = get_object_or_404(HelpLine, pk=pk)
    form = HelpLineReportForm(request.POST or None)
    context = {"line": line, "form": form, "others": other_lines(line)}
    if request.method == "POST" and form.is_valid():
        if is_rate_limited(request, "help_line_report"):
            form.add_error(None, "There have been many reports from your connection in the last hour. Try again later.")
        else:
            report_help_line(line, **form.cleaned_data)
            comment = form.cleaned_data["comment"]
            help_now = read_for_danger(comment, source="feedback", reader=request.user, url=request.path)
            if help_now:  # at once, and not by way of an address that stays in the browser's history
                return render(request, "guide/pages/report_help_line.html", context | {"sent": True, "help": help_now})
            return redirect(f"{request.path}?sent" + "&help" * may_be_in_danger(comment))
    context |= {"sent": "sent" in request.GET, "urgent": "help" in request.GET}
    return render(request, "guide/pages/report_help_line.html", context)
