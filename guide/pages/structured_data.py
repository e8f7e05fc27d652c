"""Structured data (JSON-LD) of articles, limited to what is true now."""

from datetime import UTC, datetime
from typing import Any

from guide.models import Article, GlossaryTerm, ProposalDecision, Question, Video
from guide.text.markdown import plain_text, render_fragment

Data = dict[str, Any]
DRUG: Data = {
    "@type": "Drug",
    "name": "Naltrexone",
    "nonProprietaryName": "naltrexone hydrochloride",
    "proprietaryName": ["Vivitrol", "ReVia"],
    "drugClass": "Opioid antagonist",
    "prescriptionStatus": "https://schema.org/PrescriptionOnly",
    "isAvailableGenerically": True,
}


def article_data(article: Article, url: str, signed: ProposalDecision | None) -> Data:
    graph = [_web_page(article, url, signed), _breadcrumbs(article, url)]
    if extra := EXTRAS.get(article.slug):
        graph.append(extra())
    return {"@context": "https://schema.org", "@graph": graph}


def _web_page(article: Article, url: str, signed: ProposalDecision | None) -> Data:
    """Include `lastReviewed` and `reviewedBy` only if a clinician signed this very text."""
    live = article.live
    page: Data = {
        "@type": "MedicalWebPage",
        "url": url,
        "name": live.title,
        "description": live.summary,
        "inLanguage": "en-US",
        "dateModified": live.written_on.isoformat(),
        "about": {"@type": "Drug", "name": "Naltrexone"},
    }
    if signed:
        page["lastReviewed"] = signed.decided_at.date().isoformat()
        page["reviewedBy"] = {"@type": "Person", "name": signed.signature}
    return page


def _breadcrumbs(article: Article, url: str) -> Data:
    root = url.removesuffix(article.get_absolute_url())
    trail = [("Home", f"{root}/"), ("Guide", f"{root}/guide/"), (article.live.title, url)]
    items = [{"@type": "ListItem", "position": i, "name": n, "item": u} for i, (n, u) in enumerate(trail, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _faq() -> Data:
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": q.question,
                "acceptedAnswer": {"@type": "Answer", "text": plain_text(render_fragment(q.answer))},
            }
            for q in Question.objects.select_related("group")
        ],
    }


def _terms() -> Data:
    terms = [
        {"@type": "DefinedTerm", "name": t.term, "description": plain_text(render_fragment(t.definition))}
        for t in GlossaryTerm.objects.all()
    ]
    return {"@type": "DefinedTermSet", "name": "Glossary", "hasDefinedTerm": terms}


def _videos() -> Data:
    """Include only videos with a URL and a known date."""
    return {
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "VideoObject",
                "name": video.title,
                "description": plain_text(render_fragment(video.warning)) or video.topic.title,
                "url": video.url,
                "uploadDate": _iso_day(video.published),
                "creator": {"@type": "Organization", "name": video.maker},
            }
            for video in Video.objects.watchable().select_related("topic")
            if _iso_day(video.published)
        ],
    }


def _iso_day(text: str) -> str:
    """Convert “29 Apr 2016” to 2016-04-29; return an empty string if the day is not known."""
    try:
        return datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""


EXTRAS = {"videos": _videos, "faq": _faq, "glossary": _terms, "what-is-naltrexone": lambda: DRUG}
