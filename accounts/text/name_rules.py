"""Rules for display names: look-alikes, forbidden names, and suggestions."""

import re
import secrets
import unicodedata

from confusable_homoglyphs import confusables

MAX_LENGTH = 40
MIN_LENGTH = 3
SHAPE = re.compile(r"[^\W_]+(?:[ ._'’-][^\W_]+)*")
EMAIL = re.compile(r"@|\b(?:gmail|hotmail|outlook|yahoo|icloud|proton)\b", re.IGNORECASE)
DIGITS = 7  # the length of a short telephone number
LOOKS_LIKE = str.maketrans("013457|!$", "oleastlis")
PAIRS = [("rn", "m"), ("vv", "w"), ("cl", "d")]
RESERVED = {"admin", "administrator", "moderator", "mod", "staff", "support", "help", "system", "root", "official",
            "getnaltrexone", "formermember", "anonymous", "anonymousmember", "doctor", "nurse", "pharmacist"}  # fmt: skip
TITLES = re.compile(
    r"^(dr|doctor|prof|professor|nurse|rn|md|do|np|pa|pharmd)\b|\b(md|rn|np|pharmd|phd)$", re.IGNORECASE
)

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


def skeleton(name: str) -> str:
    """Fold a name so that look-alikes are equal: no case, accents, spaces or punctuation, and one letter for similar letters."""
    text = "".join(_latin(letter) for letter in unicodedata.normalize("NFKC", name))
    plain = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(c for c in plain if c.isalnum() or c in "|!$").translate(LOOKS_LIKE).replace("i", "l")
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
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        return f"Use {MIN_LENGTH} to {MAX_LENGTH} characters."
    if not SHAPE.fullmatch(name) and not EMAIL.search(name):
        return "Use letters and numbers, with single spaces, hyphens, periods or apostrophes between them."
    if len(_scripts(name)) > 1:
        return "Use letters of only one alphabet."
    return _contact_details_error(name) or _impersonation_error(name)


def _contact_details_error(name: str) -> str:
    if EMAIL.search(name):
        return "This looks like an e-mail address. Choose a name that doesn’t identify you."
    if sum(c.isdigit() for c in name) >= DIGITS:
        return "This looks like a phone number. Choose a name that doesn’t identify you."
    return ""


def _impersonation_error(name: str) -> str:
    if skeleton(name) in {skeleton(word) for word in RESERVED} or TITLES.search(name):
        return "This name looks like one of our team or a verified clinician. Choose another."
    return ""


def _scripts(name: str) -> set[str]:
    return {unicodedata.name(c, "?").split()[0] for c in unicodedata.normalize("NFC", name) if c.isalpha()}


MIN_PROTECTED_LENGTH = 5  # shorter names occur in ordinary words


def is_lookalike(name: str, protected: str) -> bool:
    """Return whether `name` could be mistaken for the name of a staff member or clinician."""
    folded, target = skeleton(name), skeleton(protected)
    return folded == target or (len(target) >= MIN_PROTECTED_LENGTH and target in folded)


def suggestion() -> str:
    return f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"
