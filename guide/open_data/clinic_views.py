"""The pages for clinics and libraries: cards to copy, and posters to print."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guide.models import Article
from guide.open_data.cards import FAQ, question_cards, section_cards


@require_safe
def clinics(request: HttpRequest) -> HttpResponse:
    articles = Article.objects.published().without_texts().in_reading_order()
    return render(request, "guide/open_data/clinics.html", {"articles": articles})


@require_safe
def article_cards(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Article.objects.published(), slug=slug)
    context = {"title": found.live.title, "url": found.get_absolute_url(), "cards": section_cards(found)}
    return render(request, "guide/open_data/cards.html", context)


@require_safe
def answer_cards(request: HttpRequest) -> HttpResponse:
    page = get_object_or_404(Article.objects.published(), slug=FAQ)
    context = {"title": page.live.title, "url": page.get_absolute_url(), "cards": question_cards(page)}
    return render(request, "guide/open_data/cards.html", context)
