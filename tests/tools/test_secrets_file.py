"""`make secrets` fills in what is empty and changes nothing else."""

import stat

from tools.secrets_file import EXAMPLE, SECRETS, filled_in, values, write


def test_every_secret_gets_a_long_value_of_its_own(tmp_path):
    write(tmp_path / ".env")
    found = values((tmp_path / ".env").read_text())
    assert found.keys() == values(EXAMPLE.read_text()).keys()
    assert {name for name in SECRETS if len(found[name]) < 60} == set()
    assert len({found[name] for name in SECRETS}) == len(SECRETS)


def test_only_the_owner_can_read_the_file(tmp_path):
    write(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_running_it_again_changes_nothing(tmp_path):
    write(tmp_path / ".env")
    first = (tmp_path / ".env").read_text()
    write(tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == first


def test_what_the_owner_wrote_stays_and_new_variables_are_added():
    text = filled_in("# About A.\nA=1\nSECRET_KEY=\nNEW=x\n", "A=2\nSECRET_KEY=known\nOWN=mine\n")
    assert text == "# About A.\nA=2\nSECRET_KEY=known\nNEW=x\nOWN=mine\n"
