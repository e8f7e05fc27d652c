import pytest

from tests.markup import as_read


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<p\n  class='a'\n>\n  Hello <b>you</b>\n  there.\n</p>", "<p class='a'>Hello <b>you</b> there.</p>"),
        ("<b>a</b>\n<i>b</i>, ( <a>c</a> )", "<b>a</b> <i>b</i>, ( <a>c</a> )"),
        ('x <button title="a > b">\n Go </button> y', 'x <button title="a > b">Go</button> y'),
        ("<div> <pre>\n a  b\n</pre> </div>", "<div><pre>\n a  b\n</pre></div>"),
        ('<input value="a\n b"\n checked>', '<input value="a\n b" checked>'),
    ],
)
def test_invisible_whitespace_is_removed(html, read):
    assert as_read(html) == read
