"""The mail of the demonstration: on a page there, and nowhere else."""

import os
import re
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dossiers.mail import send_mail

FILES = "django.core.mail.backends.filebased.EmailBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Path:
    settings.DEMO, settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = True, FILES, tmp_path / "mail"
    return tmp_path / "mail"


def test_outside_a_demonstration_there_is_no_such_page() -> None:
    assert Client().get("/demo/mail/").status_code == 404
    assert "/demo/mail/" not in Client().get("/inloggen/").content.decode()


def test_an_empty_mailbox_says_how_mail_comes(demo: Path) -> None:
    assert "Er is nog geen mail" in Client().get("/demo/mail/").content.decode()
    assert Client().get("/inloggen/").content.decode().count(reverse("demo_mail")) == 2, "among the people, and in the foot"


def test_mails_are_shown_newest_first_with_links_that_can_be_used(demo: Path) -> None:
    for number in (1, 2):
        send_mail(
            "mail/notice.txt",
            {"url": f"http://127.0.0.1:8000/é/{number}/"},
            subject="Één bericht",
            to=f"lezer{number}@proef.test",
            message_id=f"<{number}@x>",
        )
        for place in demo.glob("*.log"):  # so that two mails within one tick of the clock of the disk have an order
            if f"lezer{number}@" in place.read_text("utf-8"):
                os.utime(place, (number, number))
    text = Client().get("/demo/mail/").content.decode()
    assert text.index("lezer2@proef.test") < text.index("lezer1@proef.test")
    assert "Één bericht" in text
    assert len(re.findall(r'<a href="http://127.0.0.1:8000/[^"]+/[12]/"', text)) == 2
    assert "Berichten" in text


def test_mails_that_share_a_file_are_all_shown(demo: Path) -> None:
    get_connection().send_messages([EmailMessage("x", f"tekst {number}", "a@b.test", [f"lezer{number}@proef.test"]) for number in (1, 2)])
    assert len(list(demo.glob("*.log"))) == 1
    text = Client().get("/demo/mail/").content.decode()
    assert text.index("lezer2@proef.test") < text.index("tekst 2") < text.index("lezer1@proef.test") < text.index("tekst 1")


def test_a_mail_is_shown_as_text(demo: Path) -> None:
    EmailMessage("<b>x</b>", '<script>alert("x")</script>\n' + "-" * 79 + "\nna de streep", "a@b.test", ["c@d.test"]).send()
    text = Client().get("/demo/mail/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert "na de streep" in text
