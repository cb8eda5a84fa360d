"""C1, C3, C5, C6, C7: links to documents, what swapping words in them gives, and what a file says outside and inside."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from bar.openings import Person
from dossiers import pdf
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import LabourReport
from dossiers.stored_pdf import read_pdf
from tests.access.test_matrix import INSIDE, address
from tests.attacks.conftest import PDF, Houses, quick_press
from tests.attacks.material import headers, plain, same
from tests.labour_report import material as labour
from tests.world import SECTIONS, VISIT, World, fill_in, finalise, make_dossier, make_people, make_world

LINKS = ("brieven/1/pdf/employee/", "brieven/1/pdf/employer/", "arbeidsdeskundige/1/pdf/", "mijn-dossier/downloaden/")


def body(answer: Any) -> bytes:
    found: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found


@pytest.mark.parametrize("rest", LINKS)
def test_c1_a_link_that_travels_opens_nothing(houses: Houses, rest: str) -> None:
    """Signed out: to the door. A stranger: the page of what does not exist. A seat that may not: 403 or 404, and no byte of a file."""
    where = f"/dossier/{houses.mine.number}/{rest}"
    out = Client().get(where)
    assert (out.status_code, out.headers["Location"]) == (302, f"/inloggen/?next={where.replace('/', '%2F')}")
    for who in ("physician", "employer"):
        client = houses.browsers["theirs"][who]
        assert same(client.get(where), client.get(f"/dossier/D-BESTAATNIET/{rest}"))
    reads = {"employee/": {"employee", "physician", "delegate"}, "loaden/": {"employee"}}.get(rest[-9:] if "pdf/employee" in rest else rest[-7:])
    for who, client in houses.browsers["mine"].items():
        with transaction.atomic():
            answer = client.get(where)
            found = body(answer)
            transaction.set_rollback(True)
        if reads is not None and who not in reads:
            assert answer.status_code in {403, 404}, who
            assert b"%PDF" not in found, who


@pytest.mark.parametrize("who", ["employer", "labour_expert"])
def test_c3_swapping_the_reader_in_an_address_is_the_page_that_does_not_exist(houses: Houses, who: str) -> None:
    client, start = houses.browsers["mine"][who], f"/dossier/{houses.mine.number}/brieven/1"
    nothing = client.get(f"{start}/pdf/bestaat-niet/")
    assert nothing.status_code == 404
    for swapped in ("employee", "physician", "EMPLOYEE", "medical"):
        answer = client.get(f"{start}/pdf/{swapped}/")
        assert (answer.status_code, plain(answer), headers(answer)) == (404, plain(nothing), headers(nothing)), swapped
    own = client.get(f"{start}/")
    for asked in ("voor=employee", "type=medical", "reader=employee", "voor=bestaat-niet"):
        assert plain(client.get(f"{start}/?{asked}")) == plain(own), asked


def test_c5_a_file_is_not_kept_and_after_signing_out_its_address_shows_the_door(houses: Houses) -> None:
    client = houses.mine.client("employer")
    for where in (f"/dossier/{houses.mine.number}/brieven/1/pdf/employer/", f"/dossier/{houses.mine.number}/arbeidsdeskundige/1/pdf/"):
        answer = client.get(where)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert not {"ETag", "Last-Modified", "Expires", "Accept-Ranges"} & set(answer.headers)
    left = client.post("/uitloggen/")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(where).status_code == 302


HOSTILE = 'Wout"; filename="evil.exe\u202egpj.' + "../" * 5 + "😀" + "x" * 100
NEUTRAL = re.compile(r'attachment; filename="[a-z0-9]+(-[a-z0-9]+)*\.(pdf|csv|zip|txt|json)"')


@pytest.fixture
def hostile(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> World:
    """A dossier of somebody whose name is an attack."""
    quick_press(monkeypatch, tmp_path)
    people = make_people()
    people["employee"].name = HOSTILE[:200]
    people["employee"].save()
    return World(make_dossier(people, employee=Person(HOSTILE[:200], people["employee"].email)), people)


def downloads(world: World, who: str) -> Iterator[str]:
    client = world.client(who)
    for name, route, _ in INSIDE:
        if re.search(r"pdf|csv|download|export|print", name):
            where = address(name, route, world.number)
            for method in (client.get, client.post):
                found = method(where).headers.get("Content-Disposition")
                if found:
                    yield found


def test_c6_the_name_of_a_file_is_ours_whatever_somebody_is_called(hostile: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.pdf.render_pdf", lambda _: PDF)
    fill_in(hostile, VISIT)
    finalise(hostile, VISIT)
    sweep_by_clock(now=timezone.now())
    found = [name for who in ("employee", "physician", "employer") for name in downloads(hostile, who)]
    assert len(found) >= 4, found
    for name in found:
        assert NEUTRAL.fullmatch(name), name
        assert len(name) < 100


def inside(made: bytes) -> str:
    """Everything in a PDF: as it stands, unpacked, as text, and its bookmarks."""
    streams = []
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        try:
            streams.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            continue
    assert streams
    parsed = PdfReader(io.BytesIO(made))
    assert parsed.attachments == {}
    assert parsed.outline, "headings are bookmarks"
    assert made.count(b"%%EOF") == 1, "no earlier edition hides in the file"
    text = " ".join(" ".join(page.extract_text().split()) for page in parsed.pages)
    utf16 = [re.escape(part) for part in re.findall(rb"\((?:\xfe\xff)(.*?)\)", made + b"".join(streams), re.DOTALL)]
    return (
        (made + b"".join(streams)).decode("latin-1")
        + text
        + str(parsed.metadata)
        + str(parsed.outline)
        + b"".join(utf16).decode("utf-16-be", errors="ignore")
    )


def test_c7_a_labour_report_and_the_own_copy_hold_nothing_that_is_not_their_readers(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The report goes to the employer: no word of the BAR but what the letter says. The own copy: no draft, and no word that the employee may not
    read. Letters are scanned in tests/access/test_canaries.py."""
    press = pdf.render_report_pdf
    quick_press(monkeypatch, tmp_path)
    world = make_world()
    monkeypatch.setattr("dossiers.actions.labour_release.render_report_pdf", press)
    sweep_by_clock(now=timezone.now())
    labour.released(world)
    report = inside(read_pdf(LabourReport.objects.get(dossier=world.dossier)))
    assert "tilhulp" in report
    assert "KANARIE" not in report
    draft = {**SECTIONS, "advice": {**SECTIONS["advice"], "message": "CONCEPTWOORD."}}
    fill_in(world, VISIT.replace(month=3), draft)
    answer = world.client("employee").post(f"/dossier/{world.number}/mijn-dossier/downloaden/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    own = inside(files["mijn-dossier.pdf"])
    assert "KANARIE" in own, "the own words of the dossier are there"
    for found in (own, json.dumps(json.loads(files["mijn-dossier.json"]), ensure_ascii=False), files["lees-mij.txt"].decode(), " ".join(files)):
        assert "CONCEPTWOORD" not in found
        assert "KANARIE notes" not in found
