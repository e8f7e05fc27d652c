"""Rules for display names: their form, look-alikes, names that a moderator looks at first, and suggestions."""

import re
import secrets
import unicodedata
from functools import cache

from confusable_homoglyphs import confusables

from accounts.text.name_words import SHORTEST_INSIDE, WORDS

MAX_LENGTH = 40
MIN_LENGTH = 3
MIN_SYLLABLES = 2  # the length of a name in which each character is a syllable
SEPARATORS = " ._'’-"
JOINERS = str.maketrans("", "", "\u200c\u200d")  # shape letters in some scripts; names are told apart without them
EMAIL = re.compile(r"@|\b(?:gmail|hotmail|outlook|yahoo|icloud|proton)\b", re.IGNORECASE)
DOMAIN = re.compile(r"\w\.\w{2,}")
DIGITS = 7  # the length of a short telephone number
LOOKS_LIKE = str.maketrans("013457|!$", "oleastlis")
STROKES = str.maketrans("ðđłøħŧ", "ddloht")  # not accents to Unicode
PAIRS = [("rn", "m"), ("vv", "w"), ("cl", "d")]
OPTIONAL_MARKS = re.compile(  # accents and the points of Hebrew and Arabic; modifier letters
    "[\u02b0-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
RESERVED = {"admin", "administrator", "moderator", "mod", "staff", "support", "help", "system", "root", "official",
            "getnaltrexone", "formermember", "visitor", "avisitor", "anonymous", "anonymousmember", "doctor", "nurse",
            "pharmacist"}  # fmt: skip
# Abbreviations of professions that are also names: they count at the end of a name, or in capitals.
LETTERS_AFTER_A_NAME = {"md", "do", "rn", "np", "pa"}
TITLE_WORDS = {"dr", "doctor", "prof", "professor", "nurse"}
PARTS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|\d+")
SYLLABIC = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
# Scripts that are written together in one language.
TOGETHER = [
    {"CJK", "HIRAGANA", "KATAKANA"},
    {"CJK", "HANGUL"},
    {"CJK", "BOPOMOFO"},
]

FIRST = tuple(
    """Amber Autumn Birch Bright Calm Cedar Clear Clover Copper Coral Early Even Fern Gentle Golden Granite Green Harbor
    Hazel Hollow Indigo Ivory Juniper Kind Lantern Linen Maple Marble Meadow Mellow Misty Morning Moss North Oak Olive Open
    Patient Pebble Pine Plain Quiet River Rowan Russet Sage Sandy Silver Slate Slow Soft South Spring Steady Still Sunlit
    Tidal Upland Velvet Walnut Warm Willow Winter""".split()
)
SECOND = tuple(
    """Acorn Anchor Badger Beacon Bramble Bridge Brook Candle Canyon Cloud Compass Crane Dove Ember Finch Garden Gate Glade
    Heron Hill Island Kestrel Kettle Lake Lark Ledge Linden Loom Moon Orchard Otter Owl Path Plover Pond Quill Reed Robin Sail
    Shore Sparrow Star Stone Swallow Tern Thistle Thrush Trail Valley Wave Wren Yarrow""".split()
)


def normalized(name: str) -> str:
    """Return a name as it is stored: composed letters, no joiners, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).translate(JOINERS).split())


def skeleton(name: str) -> str:
    """Fold a name so that look-alikes are equal: no case, accents, spaces or punctuation, and one letter for similar letters.

    Marks stay where they are vowels, as in Hindi: without them, different names would be equal.
    """
    text = "".join(_latin(letter) for letter in unicodedata.normalize("NFKC", name))
    plain = OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()).translate(STROKES))
    kept = (c for c in plain if c.isalnum() or c in "|!$" or unicodedata.category(c)[0] == "M")
    folded = "".join(kept).translate(LOOKS_LIKE).replace("i", "l")
    for pair, letter in PAIRS:
        folded = folded.replace(pair, letter)
    return folded[:64]


def _latin(letter: str) -> str:
    if letter.isascii():
        return letter
    found = confusables.is_confusable(letter, preferred_aliases=["latin"], greedy=True)
    twins = [h["c"] for h in found[0]["homoglyphs"]] if found else []
    return next((twin for twin in twins if twin.isascii() and twin.isalnum()), letter)


def format_error(name: str) -> str:
    """Return why this can't be a display name, as a message for its author, or an empty string."""
    scripts = _scripts(name)
    shortest = MIN_SYLLABLES if scripts and scripts <= SYLLABIC else MIN_LENGTH
    if not shortest <= len(name) <= MAX_LENGTH:
        return f"Use {MIN_LENGTH} to {MAX_LENGTH} characters."
    if not _has_shape(name) and not EMAIL.search(name):
        return "Use letters and numbers, with single spaces, hyphens, periods or apostrophes between them."
    if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
        return "Use letters of only one alphabet."
    return _contact_details_error(name) or _impersonation_error(name)


def _has_shape(name: str) -> bool:
    """Return whether a name consists of letters, each with its marks, and numbers, with single separators in between."""
    before = " "
    for character in name:
        kind = unicodedata.category(character)[0]
        separates, separated = character in SEPARATORS, before in SEPARATORS
        if not (separates or kind in "LN" or kind == "M") or ((separates or kind == "M") and separated):
            return False
        before = character
    return before not in SEPARATORS


def _contact_details_error(name: str) -> str:
    if EMAIL.search(name):
        return "This looks like an e-mail address. Choose a name that doesn’t identify you."
    if sum(c.isdigit() for c in name) >= DIGITS:
        return "This looks like a phone number. Choose a name that doesn’t identify you."
    return ""


def _impersonation_error(name: str) -> str:
    if skeleton(name) in {skeleton(word) for word in RESERVED}:
        return "This name looks like one of our team or a verified clinician. Choose another."
    return ""


def _scripts(name: str) -> set[str]:
    """Return the scripts of a name's letters. Modifier letters, such as the ʻokina, belong to the letters beside them."""
    letters = (c for c in unicodedata.normalize("NFC", name) if c.isalpha() and unicodedata.category(c) != "Lm")
    return {unicodedata.name(c, "?").split()[0] for c in letters}


def reasons_for_review(name: str) -> list[str]:
    """Return why a moderator looks at this name before others see it, as words for moderators; empty for most names."""
    if is_suggestion(name):
        return []
    plain = unicodedata.normalize("NFKC", name)
    found = ["a web address"] if DOMAIN.search(plain) else []
    parts = {skeleton(part) for part in (*PARTS.findall(plain), *re.split(r"[\W_]+", plain)) if part}
    whole = skeleton(plain)
    for reason, (short, long) in _folded_words().items():
        if parts & short or any(word in whole for word in long):
            found.append(reason)
    if _ends_in_letters(plain) and "a profession" not in found:
        found.append("a profession")
    return found


@cache
def _folded_words() -> dict[str, tuple[set[str], set[str]]]:
    """Return the words of each group, folded: all of them, and those that also count inside longer words."""
    folded = {reason: {skeleton(word): word for word in words.split()} for reason, words in WORDS.items()}
    for words in folded.values():
        for also_a_name in LETTERS_AFTER_A_NAME:
            words.pop(skeleton(also_a_name), None)
    return {
        reason: (set(words), {key for key, word in words.items() if len(word) >= SHORTEST_INSIDE or not word.isascii()})
        for reason, words in folded.items()
    }


def _ends_in_letters(name: str) -> bool:
    """Return whether a name ends in letters such as MD, or has them in capitals before a name in small letters."""
    words = re.findall(r"\w+", name)
    last = len(words) > 1 and words[-1].lower() in LETTERS_AFTER_A_NAME
    return last or (not name.isupper() and any(w.isupper() and w.lower() in LETTERS_AFTER_A_NAME for w in words))


MIN_PROTECTED_LENGTH = 5  # shorter names occur in ordinary words


def is_lookalike(name: str, protected: str) -> bool:
    """Return whether `name` could be mistaken for the name of a staff member or clinician, with or without its title."""
    folded = skeleton(name)
    untitled = " ".join(w for w in re.findall(r"[^\W_]+", protected) if w.lower() not in TITLE_WORDS)
    targets = {skeleton(protected), skeleton(untitled)} - {""}
    return any(folded == target or (len(target) >= MIN_PROTECTED_LENGTH and target in folded) for target in targets)


def suggestion() -> str:
    return f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"


def is_suggestion(name: str) -> bool:
    """Return whether this is a name that we suggest."""
    first, _, second = name.partition(" ")
    return first in FIRST and second in SECOND
