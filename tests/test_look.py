"""The palette keeps its promises: contrast is measured, and every token a stylesheet uses exists.

Only the look is judged here, from the files themselves; pages are looked at in the browser tests.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
PAIR = re.compile(r"--bar-color-([a-z-]+): light-dark\((#[0-9a-f]{6,8}), (#[0-9a-f]{6,8})\);")
PALETTE = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)}

# Running text on every surface it stands on (WCAG 1.4.6, 7:1).
TEXT = [
    *product(("ink", "ink-soft", "accent"), ("paper", "surface", "sunken", "accent-soft")),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *product(("attention",), ("attention-soft", "surface", "paper")),
    *product(("danger",), ("danger-soft", "surface", "paper", "accent-soft")),
    *product(("ink",), ("attention-soft", "danger-soft", "highlight")),
]
# Edges of controls and signs (WCAG 1.4.11, 3:1).
EDGES = [
    *product(("line-strong", "accent", "focus"), ("paper", "surface", "sunken")),
    ("attention-line", "paper"),
    ("attention-line", "surface"),
    ("danger-line", "paper"),
    ("danger-line", "surface"),
    ("mark-goal", "accent"),
]


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb`` as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio between two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_running_text_is_readable(text: str, ground: str, scheme: str) -> None:
    assert contrast(PALETTE[text][scheme], PALETTE[ground][scheme]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_signs_are_visible(edge: str, ground: str, scheme: str) -> None:
    assert contrast(PALETTE[edge][scheme], PALETTE[ground][scheme]) >= 3


def test_old_browsers_get_the_light_palette_as_it_is() -> None:
    fallback = TOKENS.split("@supports not")[1]
    repeated = dict(re.findall(r"--bar-color-([a-z-]+): (#[0-9a-f]+);", fallback.split("@media")[0]))
    assert repeated == {name: colours["light"] for name, colours in PALETTE.items()}


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_uses_only_tokens_that_exist(style: Path) -> None:
    defined = set(re.findall(r"(--bar-[a-z0-9-]+):", TOKENS + style.read_text()))
    assert set(re.findall(r"var\((--bar-[a-z0-9-]+)", style.read_text())) <= defined


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_only(style: Path) -> None:
    if style.name == "tokens.css":
        return
    # A picture may carry a value behind its token, for where the tokens are not loaded.
    own = re.sub(r"var\(--bar-[^)]*\)", "", style.read_text())
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|light-dark\(", own)


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_rule_lives_in_a_layer(style: Path) -> None:
    unlayered = re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.DOTALL)
    depth, outside = 0, ""
    for character in unlayered:
        depth -= character == "}"
        outside += character if depth == 0 else ""
        depth += character == "{"
    assert not re.sub(r"@layer [a-z, ]+[;{]|[{}]|\s", "", outside)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_style_or_script_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+=|\|safe\b|javascript:", text)
