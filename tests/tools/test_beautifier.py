import pytest

from tools.beautifier import main


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "page.css").write_text(".a { color: red; margin: 0 }\n")
    (folder / "page.js").write_text("function f(){return 1}\n")
    return folder


def test_check_fails_and_changes_nothing(folder, capsys):
    assert main(["--check"], folder) == 1
    assert (folder / "page.css").read_text() == ".a { color: red; margin: 0 }\n"
    assert "Would format static/page.css" in capsys.readouterr().out


def test_formatting_is_stable(folder):
    assert main([], folder) == 0
    assert (folder / "page.css").read_text() == ".a {\n  color: red;\n  margin: 0\n}\n"
    assert (folder / "page.js").read_text() == "function f() { return 1 }\n"
    assert main(["--check"], folder) == 0
