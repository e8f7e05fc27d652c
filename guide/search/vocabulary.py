"""The words of a search: synonyms and stop words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.search_text import fold
from guide.models import SearchSynonym

MAX_PHRASE = 5  # words
MIN_OWN_PHRASE = 3  # words: a meaning that a reader may type as it is, and that must not be split
MAX_TERMS = 10
WORD = re.compile(r"\w+(?:'\w+)*")
# Words on every page, or in every question: they do not narrow a search.
STOP_WORDS = set(
    """
    naltrexone i im ive id u you your ur me my mine we us our it its he she they them his her their this that these those
    a an the and or but so if of to in on at for from with by as about into than then there here when where which who whom
    what whats why how is are was were be been being am do does did doing done has have having had
    can cant cannot could couldn may might must shall should would wouldn will won dont don didnt didn doesnt doesn isnt
    isn wasn aren hasn haven ain shouldn not no
    tell show explain know please want wanna gonna going try trying think say said ask mean means happen happens
    happened anyone anybody someone something anything thing things really just also still ever even very much some any
    ok okay there possible best good way need get got make makes made go feel feeling take taking use using
    hes shes theyre thats theres heres weve youve theyve wont wouldnt shouldnt couldnt wasnt werent isnt arent hasnt havent lets
    every let us own having kind sort bad cause causes caused causing affect affects allowed allow matter matters become becomes
    supposed expect stuff guys hi hello thanks thank using used give gives given idea able anyway anymore currently point
    put give now up yet all only too more though although because since maybe actually normal
    """.split()
)
# They say when, who or how, and are on many pages: they decide only between pages that are equal otherwise.
LIGHT_WORDS = set(
    """
    after afternoon again ago always before bit came change come comes coming day days different during early end
    enough evening family feels felt first found gave gone got half help helps hour hours just keep keeps last late
    later life little long look looking lot made minute minutes month months morning most much new next night nights
    number often once over past people person problem problems put raise rate right safe same short sometimes start
    started starting takes time times today tomorrow tonight took tried two type used wait watch week weeks went while
    without work worried worse year years yesterday
    """.split()
)
TEENAGERS = range(11, 20)
OLDER = 65
AGE = re.compile(r"(?:is|im|am|are|aged?|at|hes|shes|turned|was|over|under) (\d\d)")
# For a search of nothing but stop words: "when do I take it", "how do I feel".
FEWER_STOP_WORDS = STOP_WORDS - {"take", "taking", "feel", "feeling", "use", "using"}

# A search with one of these is about the guide's subject, whatever else it says.
TOPICS = set(
    (
        "naltrexone, low dose naltrexone, injection, tablet, sinclair method, contrave, drink, alcohol, drink less, opioid, "
        "buprenorphine, methadone, naloxone, disulfiram, acamprosate, withdrawal, detox, side effects, where the needle went in, "
        "painkillers, paracetamol, ibuprofen, liver, benzodiazepine, antidepressants"
    ).split(", ")
)


@dataclass(frozen=True)
class Term:
    """A word or phrase that a reader typed, and what the guide calls it."""

    typed: str
    meanings: tuple[str, ...] = ()

    @property
    def canonical(self) -> str:
        """Return the guide's words for it if there are any, else the reader's."""
        return self.meanings[0] if self.meanings else self.typed

    @property
    def tsquery(self) -> str:
        """Return the raw query for the typed phrase or any of its meanings."""
        return " | ".join(part for part in (self.phrase(), self.meaning()) if part)

    def phrase(self, part: str = "") -> str:
        """Return the raw query for the typed phrase, in the part of a document with this weight if one is given."""
        return "({})".format(" <-> ".join(_labeled(self.typed, part)))

    def meaning(self, part: str = "") -> str:
        """Return the raw query for any of the meanings, or "" if there is none."""
        return " | ".join("({})".format(" & ".join(_labeled(meaning, part))) for meaning in self.meanings)


def _labeled(words: str, part: str) -> list[str]:
    return [f"{word}:{part}" if part else word for word in words.split()]


def full_words(text: str) -> list[str]:
    """Return the words of a text, folded and in lower case."""
    return WORD.findall(fold(text).lower())


def _plain(folded: str) -> str:
    """Return the words of a folded text."""
    return " ".join(without_ending(word) for word in WORD.findall(folded.lower()))


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded and in lower case, without the endings after an apostrophe."""
    return [without_ending(word) for word in full_words(text)]


def without_ending(word: str) -> str:
    """Return a word without the ending after its apostrophe."""
    return word.partition("'")[0]


def _age(words: list[str]) -> tuple[str, ...]:
    """Return what the guide calls people of an age: "he is 82"."""
    found = AGE.fullmatch(" ".join(words))
    age = int(found[1]) if found else 0
    return ("teenagers",) if age in TEENAGERS else ("older people",) if age >= OLDER else ()


class Vocabulary:
    """The synonyms that editors maintain, looked up by what readers type."""

    def __init__(self) -> None:
        self._meanings: dict[str, tuple[str, ...]] = {}
        rows = SearchSynonym.objects.values_list("means", "words")
        # Folded at once: one by one, it is a tenth of a search's time.
        phrases = iter(fold("\n".join(phrase for means, words in rows for phrase in (means, *words))).split("\n"))
        for _, words in rows:
            meaning = _plain(next(phrases))
            for _ in words:
                typed = _plain(next(phrases))
                self._meanings[typed] = (*self._meanings.get(typed, ()), meaning)
            if len(meaning.split()) >= MIN_OWN_PHRASE:
                self._meanings.setdefault(meaning, (meaning,))

    def terms(self, query: str) -> list[Term]:
        """Return the terms of a query, without stop words unless there are no others."""
        terms = list(self._split(words_of(query)))
        for stop_words in (STOP_WORDS, FEWER_STOP_WORDS):
            if left := [term for term in terms if term.canonical not in stop_words]:
                return list(dict.fromkeys(left))[:MAX_TERMS]
        return list(dict.fromkeys(terms))[:MAX_TERMS]

    def on_topic(self, query: str) -> bool:
        """Return whether a query names the medicine, what it is for, or another thing that only the guide is asked about."""
        return any(term.canonical in TOPICS for term in self._split(words_of(query)))

    def canonical(self, query: str) -> str:
        return " ".join(term.canonical for term in self.terms(query))

    @cached_property
    def words(self) -> set[str]:
        """Each single word of a synonym, and of what it means."""
        phrases = [*self._meanings, *(meaning for meanings in self._meanings.values() for meaning in meanings)]
        return {word for phrase in phrases for word in phrase.split()}

    def _split(self, words: list[str]) -> Iterator[Term]:
        """Yield the longest known phrases, and the words between them."""
        position = 0
        while position < len(words):
            length = next((n for n in range(MAX_PHRASE, 0, -1) if self._known(words[position : position + n])), 1)
            typed = words[position : position + length]
            meanings = self._known(typed) or _age(words[max(0, position - 1) : position + 1])
            yield Term(" ".join(typed), meanings)
            position += length

    def _known(self, words: list[str]) -> tuple[str, ...]:
        """Return the meanings of a phrase, or of its singular."""
        phrase = " ".join(words)
        return self._meanings.get(phrase) or self._meanings.get(phrase.removesuffix("s"), ())
