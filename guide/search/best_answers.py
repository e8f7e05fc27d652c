"""Best answers: the questions and sections that answer what readers ask most, in their own words."""

from collections.abc import Iterator

from django.db.models import Q

from guide.models import BestAnswer, BestAnswerSearch
from guide.search.vocabulary import Term, Vocabulary, words_of
from guide.search.weights import Weighed, entries_with_lexemes, stem, weight

KEPT = 8  # addresses
SAME_MEANING = 0.75  # of a term, for a search that has its meaning in other words
MIN_OF_ONE = 0.7  # for a search of one word, by one about just this: it may want a definition
OF_SENTENCES = 0.6  # for a search of one word, by a sentence with it: among the results, but never above them
SMALL_WORDS = 0.1  # for the same small words: "how to get it" is not "can I get it"


def similar(query: str, terms: list[Weighed], *, least_typed: float) -> dict[str, float]:
    """Return the addresses whose searches are most like this query, best first, each with its similarity, 0 to about 1.

    Leave out searches that have less than `least_typed` of the weight of the query.
    """
    lexemes = sorted(frozenset().union(*(term.lexemes for term in terms)))
    stems = sorted(frozenset().union(*(term.stems for term in terms)))
    small = set(words_of(query)) - {word for term in terms for word in term.typed.split()}
    searches = BestAnswerSearch.objects.filter(Q(lexemes__overlap=lexemes) | Q(words__overlap=stems))
    just_one = len(terms) == 1 and not small
    least = MIN_OF_ONE if just_one else 0.0
    best: dict[str, float] = {}
    for address, meant, words, total in searches.values_list("answer__address", "lexemes", "words", "weight"):
        found = _similarity(terms, set(meant), set(words), total, least_typed)
        if just_one and len(words) > len(stems):
            best[address] = max(found * OF_SENTENCES, best.get(address, 0.0))
        elif found > least:
            found += SMALL_WORDS * _overlap(small, set(words) - set(stems))
            best[address] = max(found, best.get(address, 0.0))
    return dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:KEPT])


def index() -> None:
    """Stem the searches of all best answers, with the editors' synonyms."""
    vocabulary = Vocabulary()
    rows = [(answer, search) for answer in BestAnswer.objects.all() for search in answer.searches]
    terms = [vocabulary.terms(search) for _, search in rows]
    lexemes = _stems({term.canonical for found in terms for term in found})
    stems = _stems({word for _, search in rows for word in words_of(search)})
    counts, total = entries_with_lexemes()
    BestAnswerSearch.objects.all().delete()
    BestAnswerSearch.objects.bulk_create(
        BestAnswerSearch(
            answer=answer,
            lexemes=sorted({lexeme for term in found for lexeme in lexemes[term.canonical]}),
            words=sorted({stem for word in words_of(search) for stem in stems[word] or [word]}),
            weight=sum(_weights(found, lexemes, counts, total)),
        )
        for (answer, search), found in zip(rows, terms, strict=True)
        if any(lexemes[term.canonical] for term in found)
    )


def _stems(texts: set[str]) -> dict[str, list[str]]:
    ordered = sorted(texts)
    return dict(zip(ordered, stem(ordered), strict=True))


def _weights(terms: list[Term], lexemes: dict[str, list[str]], counts: dict[str, int], total: int) -> Iterator[float]:
    """Yield the weights of terms, each by its rarest lexeme."""
    for term in terms:
        if found := lexemes[term.canonical]:
            yield weight(term, min(counts.get(lexeme, 0) for lexeme in found), total)


def _similarity(terms: list[Weighed], lexemes: set[str], words: set[str], total: float, least: float) -> float:
    """Return the harmonic mean of how much of the terms is in a search, and how much of it is in the terms, by weight."""
    common = sum(_credit(term, lexemes, words) * term.weight for term in terms)
    typed, searched = common / sum(term.weight for term in terms), min(1.0, common / total)
    return 2 * typed * searched / (typed + searched) if common and typed >= least else 0.0


def _credit(term: Weighed, lexemes: set[str], words: set[str]) -> float:
    if term.stems <= words:
        return 1.0
    return SAME_MEANING if term.lexemes <= lexemes else 0.0


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
