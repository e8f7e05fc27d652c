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
    put give now up yet all only too more though although because since maybe actually normal
    """.split()
)
# For a search of nothing but stop words: "when do I take it", "how do I feel".
FEWER_STOP_WORDS = STOP_WORDS - {"take", "taking", "feel", "feeling", "use", "using"}


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


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded and in lower case, without the endings after an apostrophe."""
    return [without_ending(word) for word in full_words(text)]


def without_ending(word: str) -> str:
    """Return a word without the ending after its apostrophe."""
    return word.partition("'")[0]


class Vocabulary:
    """The synonyms that editors maintain, looked up by what readers type."""

    def __init__(self) -> None:
        self._meanings: dict[str, tuple[str, ...]] = {}
        for row in SearchSynonym.objects.all():
            meaning = " ".join(words_of(row.means))
            for word in row.words:
                typed = " ".join(words_of(word))
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

    def canonical(self, query: str) -> str:
        return " ".join(term.canonical for term in self.terms(query))

    @cached_property
    def words(self) -> set[str]:
        """Each single word of a synonym."""
        return {word for typed in self._meanings for word in typed.split()}

    def _split(self, words: list[str]) -> Iterator[Term]:
        """Yield the longest known phrases, and the words between them."""
        position = 0
        while position < len(words):
            length = next((n for n in range(MAX_PHRASE, 0, -1) if self._known(words[position : position + n])), 1)
            typed = words[position : position + length]
            yield Term(" ".join(typed), self._known(typed))
            position += length

    def _known(self, words: list[str]) -> tuple[str, ...]:
        """Return the meanings of a phrase, or of its singular."""
        phrase = " ".join(words)
        return self._meanings.get(phrase) or self._meanings.get(phrase.removesuffix("s"), ())
