import shutil

import pytest
from django.conf import settings

from tests.accounts import concurrency


@pytest.fixture
def private_root():
    """Empty: files outlive the transaction of the test that wrote them."""
    for folder in settings.PRIVATE_ROOT.iterdir():
        shutil.rmtree(folder)
    return settings.PRIVATE_ROOT


@pytest.fixture
def busy_maya(private_root, maya, noah, vera, dr_okafor, article):
    """Maya, with rows in every table that can hold something of a person."""
    concurrency.fill(maya, noah, vera, article, dr_okafor)
    return maya
