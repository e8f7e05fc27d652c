from core.html_text import html_text, shorten


def test_the_text_has_list_numbers_and_decoded_entities():
    assert html_text('<ol>\n<li value="3">&lt;50 &amp; <em>more</em></li>\n</ol>') == "\n3. <50 & more\n"


def test_a_text_is_cut_between_words():
    assert shorten("take 1000 mg", 7) == "take …"
    assert shorten("take 1000 mg", 9) == "take 1000 …"
    assert shorten("take 1000 mg", 12) == "take 1000 mg"
