"""The component that draws the phase line: whole markup, honest ids, no style in it, numbers an SVG can read."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from dossiers.rules.calendar import Absence, Recovery, StepKind, Visit
from dossiers.rules.phase_line import phase_line

SASKIA = Absence(date(2024, 11, 25), (Recovery(date(2025, 6, 2), date(2025, 6, 16)),))
VISITS = [Visit(date(2025, 1, 3)), Visit(date(2025, 10, 20))]
DONE = {StepKind.PROBLEM_ANALYSIS: date(2025, 1, 3), StepKind.ACTION_PLAN: date(2025, 1, 30)}


@pytest.fixture
def figure(settings: Settings) -> ET.Element:
    settings.USE_THOUSAND_SEPARATOR = True  # 1.080 would be no width
    line = phase_line(SASKIA, date(2026, 9, 15), VISITS, DONE, recordable=frozenset({StepKind.NOTICE_WEEK_42}), key="lijn")
    markup = re.sub(r"<!--.*?-->", "", render_to_string("components/phase_line.html", {"line": line}), flags=re.DOTALL)
    return ET.fromstring(markup)  # noqa: S314 - our own markup


def test_both_pictures_have_a_title_and_a_description_by_unique_ids(figure: ET.Element) -> None:
    ids = [element.get("id") for element in figure.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 4
    pictures = [svg for svg in figure.iter("svg") if svg.get("role") == "img"]
    assert [svg.get("aria-labelledby", "").split() for svg in pictures] == [ids[:2], ids[2:]]


def test_the_words_are_real_text_and_stand_in_the_list_too(figure: ET.Element) -> None:
    wide, tall = ([text.text for text in svg.iter("text")] for svg in figure.iter("svg") if svg.get("role") == "img")
    assert wide == tall
    listed = " ".join("".join(item.itertext()) for item in figure.iter("li"))
    assert all(text and text in listed for text in wide)
    assert "na week 42 · 29 september 2025 (te laat)" in " ".join(listed.split())
    assert [item.get("aria-current") for item in figure.iter("li")].count("date") == 1


def test_there_is_no_style_in_it_and_every_place_is_a_whole_number(figure: ET.Element) -> None:
    for element in figure.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        for name in ("x", "y", "x1", "x2", "y1", "y2", "width", "height"):
            assert re.fullmatch(r"-?\d+", element.get(name, "0"))
    assert figure.find("svg").get("viewBox", "").startswith("0 0 1080 ")  # type: ignore[union-attr]


def test_every_state_has_its_own_shape(figure: ET.Element) -> None:
    classes = {name for element in figure.iter() for name in element.get("class", "").split()}
    assert {f"phase-line__dot--{state}" for state in ("start", "done", "late", "passed", "now", "coming")} <= classes
    assert {"phase-line__ring", "phase-line__gap", "phase-line__visit", "phase-line__today"} <= classes
