import pytest

from accounts.text.npi import is_npi


@pytest.mark.parametrize("number", ["1234567893", "1245319599", "2000000002"])
def test_a_number_with_its_check_digit_is_one(number):
    assert is_npi(number) is True


@pytest.mark.parametrize(
    "number",
    ["", "1234567890", "1234567839", "123456789", "12345678933", "3234567893", "123456789x", "１２３４５６７８９３"],
)
def test_a_mistyped_one_is_not(number):
    assert is_npi(number) is False
