"""Rules stated once for all models, so that the model somebody adds next year is caught too."""

import pytest
from django.apps import apps
from django.db import connection, models

from dossiers.extract import SECTION_PARTS
from dossiers.models import AreaFinding, ContextFinding, Possibilities, Prognosis, VersionView, WorkFactorFinding
from dossiers.models.base import AssessmentRow
from dossiers.parts import Part
from dossiers.sealed import SealedField

OURS = [model for app in ("dossiers", "consent") for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", OURS)
def test_every_field_names_its_part(model: type[models.Model]) -> None:
    fields = {field.name for field in model._meta.concrete_fields}
    parts = model.PARTS  # type: ignore[attr-defined]
    assert set(parts) == fields, fields ^ set(parts)
    assert all(isinstance(part, Part) for part in parts.values())


@pytest.mark.parametrize("model", OURS)
def test_every_key_is_made_in_python_and_every_row_knows_its_dossier(model: type[models.Model]) -> None:
    if model.__name__ == "Grant":  # guardian's shape
        return
    assert isinstance(model._meta.pk, models.UUIDField)
    names = {field.attname for field in model._meta.concrete_fields}
    assert model.__name__ in {"Dossier", "Outbox"} or "dossier_id" in names


@pytest.mark.parametrize("model", OURS)
def test_somebody_and_a_moment_come_together(model: type[models.Model]) -> None:
    """A field `x_by` that may be empty has a partner `x_at` or `x_on`, and a constraint that holds them together."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    for name, field in fields.items():
        if not (name.endswith("_by") and field.null) or name in {"appointed_by", "confirmed_by", "medical_check_by"}:
            continue
        stem = name.removesuffix("_by")
        partners = [partner for partner in (f"{stem}_at", f"{stem}_on") if partner in fields]
        assert partners, f"{model.__name__}.{name}"
        assert any({name, partner} <= _names(constraint) for partner in partners for constraint in model._meta.constraints), (
            f"{model.__name__}.{name}"
        )


def _names(constraint: models.BaseConstraint) -> set[str]:
    if not isinstance(constraint, models.CheckConstraint):
        return set()
    return {leaf[0].split("__")[0] for leaf in _leaves(constraint.condition)}  # type: ignore[arg-type]


def _leaves(node: models.Q) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for child in node.children:
        found += _leaves(child) if isinstance(child, models.Q) else [child]  # type: ignore[list-item]
    return found


def test_every_row_of_a_version_is_guarded_by_the_trigger_of_final_versions(db: None) -> None:
    tables = {model._meta.db_table for model in OURS if issubclass(model, AssessmentRow) or model.__name__ == "SectionDraft"}
    assert len(tables) >= 11
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'final_is_final'")
        guarded = {name for (name,) in cursor.fetchall()}
    assert tables <= guarded


@pytest.mark.parametrize(
    ("section", "model", "renamed"),
    [
        ("work_factors", WorkFactorFinding, {}),
        ("areas", AreaFinding, {"limit": "limit_value"}),
        ("context_factors", ContextFinding, {}),
        ("employee_view", VersionView, {}),
        ("possibilities", Possibilities, {"working_relationship": "relationship_state", "build_up": "usable"}),
        ("prognosis", Prognosis, {}),
    ],
)
def test_an_extract_cuts_along_the_parts_of_the_models(section: str, model: type[models.Model], renamed: dict[str, str]) -> None:
    for key, part in SECTION_PARTS[section].items():
        if key != "share_with_employer":
            assert model.PARTS[renamed.get(key, key)] is part, key  # type: ignore[attr-defined]


def test_only_sealed_fields_are_binary() -> None:
    for model in OURS:
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.BinaryField) or isinstance(field, SealedField)
