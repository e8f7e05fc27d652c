from math import log2
from uuid import UUID, uuid4

from forum.visitor_questions.codes import (
    LENGTH,
    WORDS,
    hash_code,
    make_code,
    normalize_code,
    post_key,
    unknown_words,
)

KEY = UUID("6b1c1d52-6a5e-4c4e-9f6a-8f1f3a9f3f10")


def test_a_code_has_more_than_sixty_bits():
    assert len(set(WORDS)) == len(WORDS)
    assert LENGTH * log2(len(WORDS)) > 61


def test_words_are_short_and_easy_to_type():
    assert [
        word for word in WORDS if not (word.isascii() and word.isalpha() and word.islower() and len(word) < 6)
    ] == []


def test_the_same_form_has_the_same_code_and_another_form_another(settings):
    assert make_code(KEY) == make_code(KEY)
    assert len({make_code(uuid4()) for _ in range(100)}) == 100
    before = make_code(KEY)
    settings.NAME_SECRET = "another"
    assert make_code(KEY) != before


def test_what_is_stored_does_not_reveal_the_code():
    code = make_code(KEY)
    assert code not in (hash_code(code), str(post_key(KEY)))
    assert make_code(post_key(KEY)) != code


def test_a_code_is_read_however_its_words_are_separated():
    assert normalize_code("  Acid-Acorn,ACRE\nacts  affix. aged ") == "acid acorn acre acts affix aged"


def test_a_misspelled_word_is_named():
    assert unknown_words("acid accorn acre") == ["accorn"]
