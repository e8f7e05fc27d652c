import pytest

from forum.text.mention_syntax import names_in


def found(text):
    return [[name.text for name in names] for names in names_in(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Maya", [["Maya"]]),
        ("Thanks, @Amber Gate said", [["Amber Gate said", "Amber Gate", "Amber"]]),
        ("(@Maya), @Noah.", [["Maya"], ["Noah"]]),
        ("@Maya's, @O’Neil", [["Maya's", "Maya"], ["O’Neil", "O"]]),
        ("@Ann_Bell-Lee", [["Ann_Bell-Lee"]]),
        ("maya@example.org", []),
        ("@maya.org", [["maya.org"]]),
        ("cc:@Juniper", [["Juniper"]]),
        ("hi:@Juniper!", [["Juniper"]]),
        ("-@Juniper", [["Juniper"]]),
        ("–@Juniper—", [["Juniper"]]),
        ("/@Juniper", [["Juniper"]]),
        ("@Noah/@Juniper", [["Noah"], ["Juniper"]]),
        ("Noah/@Juniper", [["Juniper"]]),
        ("@Juniper_", [["Juniper"]]),
        ("_@Juniper_", []),  # a sign of a handle; in Markdown “_” is emphasis and gone before names are read
        ("@Juniper.Thanks", [["Juniper.Thanks", "Juniper"]]),
        ("Thanks.@Juniper", [["Juniper"]]),
        ("...@Juniper...", [["Juniper"]]),
        ("…@Juniper…", [["Juniper"]]),
        ("‘@Juniper’ '@Juniper'", [["Juniper"], ["Juniper"]]),
        ("“@Juniper”, «@Juniper», „@Juniper“", [["Juniper"]] * 3),
        ("[@Juniper] {@Juniper} <@Juniper>", [["Juniper"]] * 3),
        ("*@Juniper* +@Juniper =@Juniper", [["Juniper"]] * 3),
        ("@Juniper, @Juniper; @Juniper: @Juniper? @Juniper!", [["Juniper"]] * 5),
        ("@Juniper/Noah", [["Juniper"]]),
        ("@Juniper\n@Noah", [["Juniper"], ["Noah"]]),
        ("@Ольга.Спасибо", [["Ольга.Спасибо", "Ольга"]]),
        ("、@さくら。", [["さくら"]]),
        ("،@مريم؟", [["مريم"]]),
        ("@Juniper-lane", [["Juniper-lane"]]),
        ("@Juniper@mastodon.example", [[]]),
        ("@Juniper_fox", [["Juniper_fox"]]),
        ("example.org/@juniper", []),
        ("http://x/@juniper", []),
        ("first.last@example.org", []),
        ("me+tag@example.org, o'neil@example.org, a-b@example.org", []),
        ("@@Maya @ Maya", []),
        ("https://x.example/@maya", []),
        ("@Élan 王", [["Élan 王", "Élan"]]),
    ],
)
def test_candidate_names(text, names):
    assert found(text) == names


def test_a_candidate_is_no_longer_than_the_maximum():
    assert found("@" + "a" * 41) == [[]]
    assert all(len(name) <= 40 for name in found("@" + "word " * 30)[0])


def test_the_span_includes_the_at_sign():
    text = "Hello @Maya!"
    assert [text[n.start : n.end] for names in names_in(text) for n in names] == ["@Maya"]
