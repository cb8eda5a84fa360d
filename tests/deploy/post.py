"""A mail server that keeps what it is given: enough of SMTP for Django to deliver to, on this machine."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Post:
    """The mail that came in."""

    mails: list[EmailMessage] = field(default_factory=list)

    @contextmanager
    def open(self, host: str, port: int) -> Iterator[None]:
        """Be reachable for the length of this block."""
        keep = self.mails.append

        class Hand(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 post")
                while line := self.rfile.readline().strip().upper():
                    if line.startswith(b"DATA"):
                        self.say("354 go on")
                        keep(message_from_bytes(self.body(), policy=policy.default))
                    self.say("250 ok" if not line.startswith(b"QUIT") else "221 bye")

            def body(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line)
                return b"".join(lines)

            def say(self, text: str) -> None:
                self.wfile.write(text.encode() + b"\r\n")

        with socketserver.ThreadingTCPServer((host, port), Hand) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield
            server.shutdown()
