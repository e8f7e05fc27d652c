from hashlib import sha256

from forum.experiences import consent

# The texts that members have agreed to. A changed text needs a new version, and a line here.
DIGESTS = {1: "028f47650b184d9cb98b2b6253ef7fb12f9d5fdc0c0a3cd47e004555dc9992aa"}


def test_a_changed_consent_has_a_new_version():
    assert sha256(consent.TEXT.encode()).hexdigest() == DIGESTS[consent.VERSION]
    assert len(set(DIGESTS.values())) == len(DIGESTS)
