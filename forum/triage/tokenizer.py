"""Tokenizer: fold case, accents, look-alike letters, leetspeak and s p a c i n g. Imports no models; linear time."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

MAX_WORD = 40  # characters; the rest of a longer word is ignored
MIN_PHONE_DIGITS = 8
MIN_SPACED_LETTERS, MAX_LETTER_SPACE = 3, 2
SENTENCE, PARAGRAPH = 1, 3  # how many words the end of a sentence or paragraph counts as in gaps

_PAIRS = (
    "аa вb сc ԁd еe ԍg һh іi јj кk ӏl мm нh оo рp ԛq гr ѕs тt υu ѵv ѡw хx уy αa βb εe ηn ιi κk νv"
    " μm οo ρp τt χx ωw ɑa ɡg ıi łl øo đd ſs"
)
_CONFUSABLE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
_LEET = str.maketrans("013457@$", "oieastas")
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f"
_REPEATED = re.compile(r"(.)\1{2,}")
_QUANTITY = re.compile(r"\d+[a-z]{0,3}")
_BREAK = r"\n\s{0,9}\n|[.!?]+(?=\s|$)|[,;:()\n–—]"
_MARK = re.compile(rf"(?P<word>[\w{_INVISIBLE}'’ʼ@$]+)|{_BREAK}")
_NUMBER_WORDS = set(
    "six seven eight nine ten eleven twelve fifteen sixteen eighteen twenty thirty forty fifty sixty ninety hundred dozen dozens"
    " seis siete ocho nueve diez doce quince veinte treinta cuarenta cincuenta".split()
)
_DROPPED_G = range(4, 12)  # letters of “dyin”, “shakin”
_COUNT = range(6, 1000)  # fewer may be a usual dose
_WEIGHTS = set("mg mgs mcg milligram milligrams microgram micrograms".split())
_NOT_COUNTED = _WEIGHTS | set(
    "g gram grams ml mls year years yr yrs month months week weeks wk wks day days night nights hour hours hr hrs minute minutes"
    " min mins second seconds secs percent pound pounds lbs lb kg kilo kilos stone miles mile km dollars dollar bucks quid euros"
    " times step steps am pm years'".split()
)
_DOSE = re.compile(r"\d{1,5}(mg|mgs|mcg)")
_OVERDOSED = re.compile(r"o\.?d['’.]?d|o\.d\.?ed", re.IGNORECASE)
# Short spellings of words in the rules.
_SHORTENED = {
    short: word
    for word, shorts in {
        "tonight": "tn 2nite 2night tonite tonigt tnight",
        "tomorrow": "tmrw tmr tmw 2moro tomoz tomoro tommorow tomorow",
        "you": "u yu yous",
        "your": "ur",
        "want": "wnt",
        "wanna": "wana wna",
        "gonna": "gna gona gunna goin2",
        "dont": "dnt dunt don",
        "cant": "cnt cannae carnt",
        "people": "ppl ppls",
        "about": "abt",
        "because": "bc bcuz cuz cos coz",
        "anymore": "nemore anymor anymoar",
        "please": "pls plz plse",
        "nothing": "nuthin nothin nowt nuffin",
        "husband": "hubby hubs",
        "breathing": "breathn",
    }.items()
    for short in shorts.split()
}
_CLAUSE_WORDS = {"but", "because", "so", "then", "and", "though", "although", "however", "until", "now"}

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()]{2,200}|\b[\w-]{2,40}\.(?:com|org|net|info|io|shop|store|co|ru|to|me)\b(?:/\S{0,99})?"
)
_HANDLE = re.compile(
    r"(?<![\w@.])@[A-Za-z]\w{2,29}\b|\b(?:t\.me|wa\.me)/\w{3,40}|\bdiscord(?:\.gg)?[/:# ]{1,3}\w{2,30}#?\d{0,6}"
)
_PHONE = re.compile(r"(?<![\w$€£.])\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?!\w)")
_ADDRESS = re.compile(
    r"\b\d{1,5} (?:[A-Z][\w.]{0,20} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way)\b"
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[.-]\d\d?[.-]\d{4}")
_FREE = re.compile(r"\+?1?8(00|33|44|55|66|77|88)\d{7}|0?800\d{6,7}|1800\d{6}")  # free help lines, not people
_DIGIT = re.compile(r"\d")
# Each with a sign without which the text needn't be searched for it.
_DETAILS = (
    (_LINK, "{link}", re.compile(r"\.\w|//")),
    (_HANDLE, "{handle}", re.compile("[@/]|discord")),
    (_PHONE, "{phone}", _DIGIT),
    (_ADDRESS, "{address}", _DIGIT),
)


class Token(NamedTuple):
    start: int
    end: int
    forms: frozenset[str]
    word: str
    sentence: int
    clause: int
    slot: int
    quoted: bool


@lru_cache(maxsize=8192)
def fold(raw: str) -> str:
    """Fold one word to lower case, without accents, apostrophes and invisible characters."""
    word = raw[:MAX_WORD].lower()
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word).translate(_CONFUSABLE)
    return "".join(c for c in word if c.isalnum() or c in "@$")


@lru_cache(maxsize=8192)
def word_forms(raw: str) -> frozenset[str]:
    """Possible readings of a word: as typed, with repeated letters collapsed, written out, and with digits as letters."""
    word = fold(raw)
    found = {word, _REPEATED.sub(r"\1", word), _REPEATED.sub(r"\1\1", word)}
    if not word.isalpha() and any(c.isalpha() for c in word) and not _QUANTITY.fullmatch(word):
        found |= {word.translate(_LEET), word.replace("1", "l").translate(_LEET)}
    if word in _SHORTENED:
        found.add(_SHORTENED[word])
    if word.endswith("in") and len(word) in _DROPPED_G:
        found.add(word + "g")
    if _OVERDOSED.fullmatch(raw) and word != raw.lower():  # “OD'd”, but not “odd”
        found.add("oded")
    return frozenset(found)


def _details(text: str) -> list[tuple[int, int, str]]:
    """Spans of e-mail addresses, phone numbers, postal addresses, handles and links, with their names in phrases."""
    found = []
    for at in re.finditer("@", text):
        left = re.search(r"[\w.+-]{1,64}$", text[max(0, at.start() - 64) : at.start()])
        right = re.match(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", text[at.end() : at.end() + 256])
        if left and right:
            found.append((at.start() - len(left[0]), at.end() + right.end(), "{email}"))
    for pattern, name, sign in _DETAILS:
        if sign.search(text):
            spans = [(m.start(), m.end(), name) for m in pattern.finditer(text)]
            found += [span for span in spans if name != "{phone}" or _is_private_number(text[span[0] : span[1]])]
    separate: list[tuple[int, int, str]] = []
    for span in sorted(found, key=lambda s: (s[0], -s[1])):
        if not separate or span[0] >= separate[-1][1]:
            separate.append(span)
    return separate


def _is_private_number(phone: str) -> bool:
    if _DATE.fullmatch(phone):
        return False
    digits = "".join(c for c in phone if c.isdigit())
    return (len(digits) >= MIN_PHONE_DIGITS and not _FREE.fullmatch(digits)) or phone.startswith("+")


def tokenize(text: str) -> list[Token]:
    """Split a text into tokens, with their sentence, clause and slot. Gaps are counted in slots."""
    details = _details(text)
    if details:
        bare = list(text)
        for start, end, _ in details:
            bare[start:end] = " " * (end - start)
        marks = sorted([*_marks("".join(bare)), *details])
    else:
        marks = _marks(text)
    return _mark_numbers(_join_spaced_letters(_tokens(marks, _quoted_lines(text))))


def links(text: str) -> list[tuple[int, int]]:
    """Spans of links."""
    return [(start, end) for start, end, name in _details(text) if name == "{link}"]


def _marks(text: str) -> list[tuple[int, int, str]]:
    """Words, and breaks between sentences and clauses, which have the end -1."""
    return [(m.start(), m.end() if m.lastgroup else -1, m[0]) for m in _MARK.finditer(text)]


def _mark_numbers(tokens: list[Token]) -> list[Token]:
    """Add {count} to numbers from six that count things, and {dose} to weights in milligrams."""
    for i, token in enumerate(tokens):
        if not (token.word[0].isdecimal() or token.word in _NUMBER_WORDS):
            continue
        after = tokens[i + 1].word if i + 1 < len(tokens) else ""
        if _DOSE.fullmatch(token.word) or (token.word.isdecimal() and after in _WEIGHTS):
            tokens[i] = token._replace(forms=token.forms | {"{dose}"})
        elif _is_count(token.word) and after not in _NOT_COUNTED:
            tokens[i] = token._replace(forms=token.forms | {"{count}"})
    return tokens


def _is_count(word: str) -> bool:
    return word in _NUMBER_WORDS or (word.isdecimal() and len(word) <= 3 and int(word) in _COUNT)  # noqa: PLR2004


def _tokens(marks: list[tuple[int, int, str]], quoted: list[tuple[int, int]]) -> list[Token]:
    tokens: list[Token] = []
    sentence = clause = slot = line = 0
    for start, end, raw in marks:
        if end < 0:
            clause += 1
            if raw[0] in ".!?" or (raw.strip() == "" and len(raw) > 1):
                sentence, slot = sentence + 1, slot + (SENTENCE if raw.strip() else PARAGRAPH)
            continue
        while line < len(quoted) and quoted[line][1] <= start:
            line += 1
        word, forms = _read(raw)
        if not word:
            continue
        clause += word in _CLAUSE_WORDS
        inside = line < len(quoted) and quoted[line][0] <= start
        tokens.append(Token(start, end, forms, word, sentence, clause, slot, inside))
        slot += 1
    return tokens


@lru_cache(maxsize=8192)
def _read(raw: str) -> tuple[str, frozenset[str]]:
    """A word and its possible readings; names of details stay as they are."""
    return (raw, frozenset([raw])) if raw[0] == "{" else (fold(raw), word_forms(raw))


def _quoted_lines(text: str) -> list[tuple[int, int]]:
    """Spans of Markdown quotations, and of lines with a music note (lyrics)."""
    return [(m.start(), m.end()) for m in re.finditer(r"^ {0,3}>[^\n]*|^[^\n]*[♪♫][^\n]*", text, re.MULTILINE)]


def _join_spaced_letters(tokens: list[Token]) -> list[Token]:
    """Join three or more single letters in a row, which are one word written with spaces."""
    if all(len(one.word) > 1 or len(two.word) > 1 for one, two in pairwise(tokens)):
        return tokens
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        j = i
        while (
            j < len(tokens)
            and len(tokens[j].word) == 1
            and (j == i or tokens[j].start - tokens[j - 1].end <= MAX_LETTER_SPACE)
        ):
            j += 1
        if j - i >= MIN_SPACED_LETTERS:
            raw = "".join(t.word for t in tokens[i:j])
            found.append(
                tokens[i]._replace(end=tokens[j - 1].end, word=raw, forms=word_forms(raw), slot=tokens[j - 1].slot)
            )
            i = j
        else:
            found += tokens[i : max(j, i + 1)]
            i = max(j, i + 1)
    return found
