from core.search_excerpts import CLOSE, OPEN, whole_words


def test_an_excerpt_never_begins_or_ends_inside_a_number():
    text = "I began with 1,000 mg and now take 50-100 mg a day"
    assert whole_words(f"000 {OPEN}mg{CLOSE} and now take 50", text) == f"… 1,000 {OPEN}mg{CLOSE} and now take 50-100 …"


def test_a_whole_text_gets_no_dots():
    assert whole_words(f"{OPEN}50{CLOSE} mg", "50 mg") == f"{OPEN}50{CLOSE} mg"
