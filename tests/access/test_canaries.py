"""A canary stands in every field the employer may not see.

It is found where the physician reads, and nowhere the employer, a log, a mail, a session or the broker comes.
"""

import datetime as dt
import io
import json
import logging
import re
import zlib
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import connection, transaction
from pypdf import PdfReader, PdfWriter
from pytest_django import DjangoDbBlocker

from dossiers import outbox
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import LetterCopy, Reader
from dossiers.parts import Part
from dossiers.stored_pdf import read_pdf
from tests.access.test_matrix import INSIDE, address
from tests.world import SECTIONS, World, at, fill_in, make_world, offer
from tests.worlds import FULL, blank_paper

WORD = "KANARIE"
# 1 May 1980, as people and PDFs write it. The bare year will not do: the sizes and offsets of a PDF are numbers too.
BORN = re.compile(r"(?<!\d)1980([-/.])0?5\1|0?5([-/.])1980(?!\d)|\bmei 1980\b|(?<!\d)19800501")
PLANTED = sorted(set(re.findall(r"KANARIE [a-z_]+ [a-z ]+(?=\")", json.dumps(SECTIONS))))


def test_canaries_are_planted_in_every_part_the_employer_may_not_read() -> None:
    parts = {text.split()[1] for text in PLANTED}
    assert parts == {Part.WORK_FACTORS, Part.EXPLANATION, Part.CAPACITY, Part.CONTEXT, Part.EMPLOYEE_VIEW, Part.CONSULTATION}
    assert len(PLANTED) >= 12


@pytest.fixture(scope="module")
def released(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Final, released, and a second version offered; one world for the tests here, rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(render=True, shares=False)
        fill_in(world, at_day(28))
        offer(world, at_day(28))
        yield world
        transaction.set_rollback(True)


def at_day(days: int) -> dt.date:
    return dt.date(2026, 2, 16) + dt.timedelta(days=days)


def pages(world: World, who: str) -> dict[str, str]:
    """Every page inside the dossier that answers this person, with what it holds, headers and all."""
    client = world.client(who)
    found = {}
    for name, route, _ in INSIDE:
        response = client.get(address(name, route, world.number))
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        if response.status_code == 200:
            found[name] = body.decode("utf-8", errors="replace") + str(dict(response.headers))
    for path in ("/", "/dossiers/nieuw/"):
        response = client.get(path, follow=True)
        found[path] = response.content.decode() + str(dict(response.headers))
    return found


def test_the_physician_reads_every_canary(released: World) -> None:
    with blank_paper():  # what is drawn is compressed: no text is found in it
        everything = " ".join(pages(released, "physician").values())
    for text in PLANTED:
        assert text in everything, text


@pytest.fixture(scope="module")
def employers(released: World) -> dict[str, str]:
    """Every page the employer reads in that world."""
    return pages(released, "employer")


def test_the_employer_meets_no_canary_on_any_page(employers: dict[str, str]) -> None:
    assert {"overview", "letters", "letter", "letter_pdf", "process", "job"} <= set(employers)
    for name, page in employers.items():
        assert WORD not in page, name
    assert "niet meer dan 5 kilo tillen" in " ".join(employers.values()).lower()


def test_no_label_of_a_hidden_item_and_no_factor_reaches_the_employer(employers: dict[str, str]) -> None:
    everything = " ".join(page for name, page in employers.items() if "job" not in name)  # the demands of the job list every area
    for label in ("Omgaan met druk", "Gezin en familie", "De leidinggevende ", "vindt moeilijker"):
        assert label not in everything, label


@pytest.mark.parametrize("reader", list(Reader))
def test_no_canary_in_a_letter_text_metadata_or_raw_streams(released: World, reader: Reader) -> None:
    copy = LetterCopy.objects.get(letter__dossier=released.dossier, reader=reader)
    pdf = read_pdf(copy)
    assert "5 kilo" in _read(pdf)
    for where in (_read(pdf), _raw(pdf), copy.stored_as, json.dumps(copy.letter.core)):
        assert WORD not in where
        assert not BORN.search(where), "the birth date"
    assert not re.search(r"\b1980\b", _read(pdf)), "the birth year"
    assert PdfReader(io.BytesIO(pdf)).attachments == {}
    planted = PdfWriter(clone_from=io.BytesIO(pdf))
    planted.add_metadata({"/Subject": f"{WORD}, geboren op 1 mei 1980"})
    planted.write(with_date := io.BytesIO())
    for where in (_read(with_date.getvalue()), _raw(with_date.getvalue())):
        assert WORD in where and BORN.search(where), "what is planted is found"


def test_a_date_of_birth_is_found_however_it_is_written_and_a_number_of_the_file_is_none() -> None:
    for date in ("1980-05-01", "1980-5-1", "01-05-1980", "1-5-1980", "1/5/1980", "1 mei 1980", "D:19800501120000", "mei 1980"):
        assert BORN.search(f"geboren {date}."), date
    for number in ("startxref 19802", "startxref\n1980\n", "0000001980 00000 n", "/Length 1980 /Filter", "1980 0 obj", "51980-51"):
        assert not BORN.search(number), number


def _read(pdf: bytes) -> str:
    """What a reader and a file manager show: the text and the metadata."""
    parsed = PdfReader(io.BytesIO(pdf))
    return " ".join(
        [*(page.extract_text() for page in parsed.pages), str(parsed.metadata), str(parsed.xmp_metadata and parsed.xmp_metadata.stream.get_data())]
    )


def _raw(pdf: bytes) -> str:
    return (pdf + b"".join(_inflated(pdf))).decode("latin-1")


def _inflated(pdf: bytes) -> list[bytes]:
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    found = []
    for stream in streams:
        try:
            found.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    assert found
    return found


def test_logs_mail_and_broker_hold_no_content(db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(outbox, "_bells", [rung.append])
    with blank_paper(), caplog.at_level(logging.DEBUG):  # what the press says is said in a child, where nobody here hears it
        world = make_world(shares=False)
        sweep_by_clock(now=at(at_day(400)))
        sweep_by_clock(now=at(at_day(401)))
        for who in ("physician", "employee", "employer") if FULL else ("employee",):
            pages(world, who)
        client = world.client("physician")
        client.raise_request_exception = False
        client.post(f"/dossier/{world.number}/bar/1/opslaan/areas/", {"d430-explanation": "KANARIE getypt"})
    for record in caplog.records:
        assert WORD not in record.getMessage()
        assert WORD not in str(record.exc_text)
    assert {one.to[0] for one in mail.outbox} == {str(world.people[who].email) for who in ("employee", "employer")}, "both are told of the letter"
    for one in mail.outbox:
        sent = str(one.message())
        assert WORD not in sent
        assert world.number not in sent
        assert all(person.name not in sent for person in world.people.values())
    assert all(WORD not in str(one) for one in rung)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        assert all(WORD not in row[0] for row in cursor.fetchall())
