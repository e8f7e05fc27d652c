"""Best answers: the questions and sections that answer the most common searches."""

from guide.models import BestAnswer, BestAnswerSearch, SearchEntry
from guide.search.vocabulary import Vocabulary
from guide.search.weights import Weighed, stem

MIN_SHARE = 0.6  # of the weight of the words typed


def find(terms: list[Weighed]) -> SearchEntry | None:
    """Return the entry whose search has most of these terms and no other word; None if it leaves out too much."""
    lexemes = sorted(frozenset().union(*(term.lexemes for term in terms)))
    candidates = BestAnswerSearch.objects.filter(lexemes__contained_by=lexemes).select_related("answer")
    ranked = sorted(((_share(terms, set(c.lexemes)), -c.pk, c.answer.address) for c in candidates), reverse=True)
    address = next((address for share, _, address in ranked if share >= MIN_SHARE), "")
    return SearchEntry.objects.filter(url=address).first() if address else None


def index() -> None:
    """Stem the searches of all best answers, with the editors' synonyms."""
    vocabulary = Vocabulary()
    rows = [(answer, search) for answer in BestAnswer.objects.all() for search in answer.searches]
    stems = stem([vocabulary.canonical(search) for _, search in rows])
    BestAnswerSearch.objects.all().delete()
    BestAnswerSearch.objects.bulk_create(
        BestAnswerSearch(answer=answer, lexemes=sorted(set(lexemes)))
        for (answer, _), lexemes in zip(rows, stems, strict=True)
        if lexemes
    )


def _share(terms: list[Weighed], lexemes: set[str]) -> float:
    """Return the share of the terms, by weight, that this search has."""
    return sum(term.weight for term in terms if term.lexemes <= lexemes) / sum(term.weight for term in terms)
