"""A real SMTP server that keeps what it is sent."""

import time
from email import message_from_bytes, policy


class Sink:
    """An SMTP handler that stores messages, with configurable replies and delay."""

    def __init__(self):
        self.received, self.answers, self.pause = [], {}, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        time.sleep(self.pause)
        return "250 OK"
