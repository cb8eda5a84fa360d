"""Text that is broken, huge or strange, through the front door: refused in words or kept whole, never an error of the server, nothing lost."""

import datetime as dt
import gzip
import re
import unicodedata
from urllib.parse import urlencode

import lxml.html
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dossiers.models import SectionDraft
from tests.access.test_matrix import ROUTES, SAMPLES, address
from tests.filling.material import FETCH, draft_of, start_draft, url
from tests.world import World
from tests.worlds import FULL

BROKEN = {
    "invalid UTF-8": b"name=Gerda\xff\xfe",
    "a lone surrogate": b"name=Gerda%ED%A0%80",
    "overlong": b"name=Gerda%C0%AF%E0%80%AF",
    "UTF-16": "name=Gerda".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbfname=Gerda",
    "NUL": b"name=Ger%00da",
    "an escape sequence": b"name=Ger%1B[31mda",
    "a separator of lines": b"name=Ger%E2%80%A8da%C2%85",
}
STRANGE = "👨‍👩‍👧‍👦 🇳🇱 e\u0301ën 中文 العربية \U0001f600 ﷽"
BAD_NEXT = ("//kwaad.test", "https:kwaad.test", "/\\kwaad.test", "javascript:kwaad()", "\\\\kwaad.test", "%0d%0aLocation:%20//kwaad.test")
NAMES = (
    "q",
    "page",
    "pagina",
    "zoek",
    "rol",
    "met",
    "voor",
    "na",
    "keer",
    "aanleiding",
    "onderwerp",
    "state",
    "k",
)  # what pages read from an address
FORM = "application/x-www-form-urlencoded"


def every_address(number: str) -> list[tuple[str, str]]:
    """Every address for which the matrix has a sample of each parameter."""
    known = {*SAMPLES, "number"}
    return [(name, address(name, route, number)) for name, route, _ in ROUTES if set(re.findall(r"(\w+)>", route)) <= known]


# --- E1, E2: bytes that are no text ----------------------------------------------------------------


def test_e1_nul_in_a_path_or_as_a_session_is_nobody(world: World) -> None:
    client = world.client("physician")
    for where in ("/%00", "/dossier/%00/", f"/dossier/{world.number}%00/", f"/dossier/{world.number}/bar/%00/", "/uitnodiging/%00/", "/static/%00"):
        assert client.get(where).status_code in {400, 404, 410}, where
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "a\x00b"
    stranger.cookies[settings.CSRF_COOKIE_NAME] = "a\x00b"
    assert stranger.get("/").status_code == 302


@pytest.mark.parametrize(
    "name", ["HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_FOR", "HTTP_COOKIE", "HTTP_HX_REQUEST"]
)
def test_e1_nul_in_a_header_is_refused(bare_world: World, name: str) -> None:
    client = bare_world.client("physician")
    assert client.get("/", **{name: "a\x00b"}).status_code == 400  # type: ignore[arg-type]
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_e2_bytes_that_are_no_text_are_refused_and_change_nothing(bare_world: World, body: bytes) -> None:
    client, person = bare_world.client("employer"), bare_world.people["employer"]
    answer = client.generic("POST", "/account/naam/", body, content_type=FORM)
    assert answer.status_code in {400, 422}, answer.status_code
    person.refresh_from_db()
    assert person.name == "Gerda Gever"


# --- E3, E4: signs that are text --------------------------------------------------------------------


def test_e3_every_sign_that_is_text_is_kept_and_shown(bare_world: World) -> None:
    version = start_draft(bare_world)
    client = bare_world.client("physician")
    values = {"seen": "0", "d430-status": "attention", "d430-explanation": STRANGE}
    assert client.post(url(bare_world, "save_section", 1, "areas"), values, headers=FETCH).status_code in {200, 422}
    assert draft_of(version, "areas").content["d430-explanation"] == STRANGE
    assert STRANGE in client.get(url(bare_world, "fill_in_section", 1, "areas")).content.decode()


def test_e3_fifty_thousand_marks_on_one_letter_are_refused_and_the_page_stands(bare_world: World) -> None:
    version = start_draft(bare_world)
    client = bare_world.client("physician")
    draft = draft_of(version, "areas")
    tower = "e" + "\u0301" * 50_000
    answer = client.post(url(bare_world, "save_section", 1, "areas"), {"seen": str(draft.version), "d430-explanation": tower}, headers=FETCH)
    assert answer.status_code == 422
    client.post("/account/naam/", {"name": "Z" + "\u0335\u0336\u0337" * 20})
    bare_world.people["physician"].refresh_from_db()
    assert bare_world.people["physician"].name == "Anna Arts"
    assert client.get(url(bare_world, "fill_in_section", 1, "areas")).status_code == 200


TURNED = ["Gerda \u202egnp.reveG", "\u2067Gerda\u2069 Gever", "Ger\u200bda Gever", "Ger\u00adda Gever", "\ufeffGerda", "Ger\u2060da", "G\U000e0041"]


@pytest.mark.parametrize("name", TURNED)
def test_e4_a_name_that_turns_the_line_or_hides_a_sign_is_refused_with_what_to_do(bare_world: World, name: str) -> None:
    """A name stands inside sentences of ours, on screen and in a letter: it cannot turn what stands beside it."""
    answer = bare_world.client("employer").post("/account/naam/", {"name": name})
    assert answer.status_code == 422
    assert "onzichtbaar teken" in answer.content.decode()
    bare_world.people["employer"].refresh_from_db()
    assert bare_world.people["employer"].name == "Gerda Gever"


@pytest.mark.parametrize("name", ["نازنین\u200cزهرا", "\u05d3\u05b8\u05bc\u05d5\u05b4\u05d3", "Zoë d’Artagnan-Müller", "👨\u200d🔧 Sjaak", "李小龙"])
def test_e4_a_name_in_any_script_is_kept(bare_world: World, name: str) -> None:
    assert bare_world.client("employer").post("/account/naam/", {"name": name}).status_code == 302
    bare_world.people["employer"].refresh_from_db()
    assert bare_world.people["employer"].name == unicodedata.normalize("NFC", name)


def test_e4_a_text_that_turns_the_line_ends_with_its_own_block(bare_world: World) -> None:
    """Longer texts may hold it: they stand in blocks of their own, never inside a sentence, and print without it (D2)."""
    start_draft(bare_world)
    client = bare_world.client("physician")
    client.post(url(bare_world, "save_section", 1, "advice"), {"seen": "0", "message": "Werken \u202egnp.gaat"}, headers=FETCH)
    page = lxml.html.fromstring(client.get(url(bare_world, "fill_in_section", 1, "advice")).content.decode())
    around = [one.tag for one in page.iter() if isinstance(one.tag, str) and "\u202e" in (one.text or "")]
    assert around and set(around) <= {"textarea", "p", "dd", "li", "blockquote", "div"}


# --- E5: too much -----------------------------------------------------------------------------------


def saved(world: World, text: str) -> tuple[Client, SectionDraft]:
    version = start_draft(world)
    client = world.client("physician")
    draft = draft_of(version, "areas")
    client.post(url(world, "save_section", 1, "areas"), {"seen": str(draft.version), "d430-explanation": text}, headers=FETCH)
    return client, draft_of(version, "areas")


@pytest.mark.parametrize(
    "values",
    [
        {"d430-explanation": "x" * 10_000_000},
        {f"f{number}": "x" * 20_000 for number in range(500)},
        {f"f{number}": "x" for number in range(5_000)},
    ],
    ids=["10 MB", "10 MB in 500 fields", "5,000 fields"],
)
def test_e5_too_much_is_413_and_what_was_saved_stays(bare_world: World, values: dict[str, str]) -> None:
    client, draft = saved(bare_world, "Dit stond er al.")
    answer = client.post(url(bare_world, "save_section", 1, "areas"), {"seen": str(draft.version), **values}, headers=FETCH)
    assert answer.status_code == 413
    assert "te veel" in answer.content.decode() or "te groot" in answer.content.decode()
    again = draft_of(draft.assessment, "areas")
    assert (again.version, again.content["d430-explanation"]) == (draft.version, "Dit stond er al.")


def test_e5_a_text_longer_than_a_field_is_422_with_what_to_do(bare_world: World) -> None:
    client, draft = saved(bare_world, "Dit stond er al.")
    values = {"seen": str(draft.version), "d430-explanation": "x" * 1_000_000}
    answer = client.post(url(bare_world, "save_section", 1, "areas"), values, headers=FETCH)
    assert answer.status_code in {413, 422}
    assert "te lang" in answer.content.decode()
    assert draft_of(draft.assessment, "areas").content["d430-explanation"] == "Dit stond er al."


# --- E7: days ------------------------------------------------------------------------------------------

NO_DAY = ["0000-00-00", "0000-01-01", "31-02-2026", "2026-02-31", "01-13-2026", "2026-W53-1", "vandaag", "9999-99-99", "٢٠٢٦-٠١-٠١", "1e3"]
FAR = ["1899-12-31", "9999-12-31", "0001-01-01"]


@pytest.mark.parametrize("typed", [*NO_DAY, *FAR])
def test_e7_a_day_that_is_none_or_cannot_be_is_told_in_dutch(bare_world: World, typed: str) -> None:
    client = bare_world.client("physician")
    answer = client.post(reverse("start_version", args=[bare_world.number]), {"date": typed, "contact": "consultation"})
    assert answer.status_code == 422
    assert "datum" in answer.content.decode().lower()
    assert not bare_world.dossier.assessments.exists()


@pytest.mark.parametrize(
    ("typed", "day"), [("01-02-2026", dt.date(2026, 2, 1)), ("2026-02-01", dt.date(2026, 2, 1)), ("31-01-2026", dt.date(2026, 1, 31))]
)
def test_e7_a_day_typed_the_dutch_way_is_that_day(bare_world: World, typed: str, day: dt.date) -> None:
    client = bare_world.client("physician")
    assert client.post(reverse("start_version", args=[bare_world.number]), {"date": typed, "contact": "consultation"}).status_code == 302
    assert bare_world.dossier.assessments.get().date == day


# --- E9, E10, D11 --------------------------------------------------------------------------------------


def test_e9_a_packed_body_is_not_unpacked(client: Client, db: None) -> None:
    """Nothing here reads gzip: a small body stays small, and is no form."""
    bomb = gzip.compress(b"login=" + b"x" * 20_000_000)
    assert len(bomb) < 50_000
    answer = client.generic("POST", "/inloggen/", bomb, content_type=FORM, headers={"Content-Encoding": "gzip"})
    assert answer.status_code in {400, 415, 422}


def test_e10_no_page_leads_elsewhere_and_e1_nul_breaks_none_whatever_the_address_says(world: World) -> None:
    """Every address with every name for the way back, each with another way of writing a place that is not ours, and NUL in every other name
    (E1). Outside BAR_FULL one of three browsers for each address of a dossier, the same on every run."""
    browsers = [world.client("physician"), Client(), world.client("employee")]
    pages = every_address(world.number)
    assert len(pages) > 100
    shown = 0
    for place, (_, where) in enumerate(pages):
        bad = BAD_NEXT[place % len(BAD_NEXT)]
        question = {**dict.fromkeys(("next", "then", "where", "terug", "redirect_to"), bad), **dict.fromkeys(NAMES, "a\x00b")}
        for browser in browsers if FULL else browsers[place % 3 :][:1] if where.startswith("/dossier/") else browsers[:2]:
            answer = browser.get(f"{where}?{urlencode(question)}")
            assert answer.status_code < 500, where
            shown += answer.status_code == 200
            leads = answer.headers.get("Location", "")
            assert not leads.startswith(("//", "/\\", "http", "\\", "javascript")), (where, leads)
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                page = answer.content.decode()
                assert f'value="{bad}"' not in page and f'href="{bad}"' not in page and f'action="{bad}"' not in page, where
    assert shown > 50, f"{shown} pages were shown"
    for where in ("/inloggen/", "/"):  # NUL also where a way back is read
        assert browsers[0].get(where, {"next": "/\x00"}).status_code < 500


def test_d11_of_a_name_sent_twice_the_last_counts_and_the_address_counts_for_nothing(bare_world: World) -> None:
    client, person = bare_world.client("employer"), bare_world.people["employer"]
    body = urlencode([("name", "De Eerste"), ("name[]", "Met Haken"), ("name", "De Laatste")]).encode()
    assert client.generic("POST", "/account/naam/?name=Uit+het+adres", body, content_type=FORM).status_code == 302
    person.refresh_from_db()
    assert person.name == "De Laatste"


def test_d11_another_dossier_or_version_in_the_body_is_not_believed(world: World) -> None:
    """The address decides: the same names in the body, or twice in the question, change nothing of what is opened."""
    client = world.client("physician")
    where = reverse("version", args=[world.number, 1])
    plain = client.get(where)
    assert client.get(f"{where}?number=D-X&version=2&version=3&number[]=D-Y").status_code == plain.status_code == 200
    values = {"number": "D-X", "version": "9", "dossier": "x", "medical_check": "on"}
    assert client.post(reverse("finalise", args=[world.number, 1]), values).status_code in {409, 422}
    assert list(world.dossier.assessments.values_list("number", "status")) == [(1, "final")]
