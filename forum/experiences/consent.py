"""The consent that a member gives with each version of their experience. The row keeps its text, word for word.

Whoever changes TEXT raises VERSION: what members agreed to before stays as it was.
"""

VERSION = 1
TEXT = """\
I agree that this site shows my story and my answers on a public page of its guide, where anyone can read them without an \
account. They say something about my health. I have left out whatever could tell others who I am, or who anyone else is.

A clinician reads my story before it appears, and may ask me for changes or decide not to publish it.

I can withdraw my story at any time with one button. It then disappears from this site at once and its text is deleted. Only if \
it says that someone is in danger, and no clinician has read it yet, is the text kept for them, for 30 days at most. If I delete \
my account, my story is withdrawn too. Copies that others have made can’t be taken back."""
