"""Section values in and out of the models.

A section value has the shape of the case file (`instrument.forms`). Writing replaces the rows of one section of one version; reading gives
the same value back. No access, no rules about people.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from dossiers.models import (
    Advice,
    AdviceAction,
    AreaFinding,
    Assessment,
    BuildUpStep,
    ConsultationNote,
    ContextFinding,
    Dossier,
    EmployeeView,
    Possibilities,
    Prognosis,
    Switch,
    VersionView,
    WorkFactorFinding,
    WrittenBy,
)
from dossiers.parts import Part
from instrument import library
from instrument.forms import FILLED_SECTIONS, SectionValue, default_value

VIEW_FIELDS = ("can_do", "needs", "on_advice")
Value = Any  # a section value or a row of one: plain JSON


def read_section(version: Assessment, section: str) -> SectionValue:
    """The value of one section of a version, items in the order of the instrument it was filled in with."""
    match section:
        case "visit":
            return {"date": version.date.isoformat(), "contact": version.contact}
        case "work_factors":
            return [
                _factor(row) | {"condition": row.condition, "in_letter": row.in_letter}
                for row in _in_order(version, "work_factors", version.workfactorfindings.all())
            ]
        case "areas":
            return [_area(row) for row in _in_order(version, "areas", version.areafindings.all())]
        case "context_factors":
            return [_factor(row) for row in _in_order(version, "context_factors", version.contextfindings.all())]
        case "employee_view":
            return _view(getattr(version, "view", None))
        case "possibilities":
            return _possibilities(getattr(version, "possibilities", None), version)
        case "prognosis":
            return _prognosis(getattr(version, "prognosis", None))
        case "advice":
            return _advice(getattr(version, "advice", None), version)
        case "consultation":
            return [_note(row) for row in version.consultationnotes.all()]
    raise KeyError(section)


def read_all(version: Assessment) -> dict[str, SectionValue]:
    """Every section of a version."""
    return {section: read_section(version, section) for section in FILLED_SECTIONS}


def with_sections(versions: models.QuerySet[Assessment]) -> models.QuerySet[Assessment]:
    """The same versions with all their rows fetched along."""
    return versions.select_related("possibilities", "prognosis", "advice", "view").prefetch_related(
        "workfactorfindings", "areafindings", "contextfindings", "buildupsteps", "adviceactions", "consultationnotes"
    )


def write_section(version: Assessment, section: str, value: Value, *, previous: Value = None) -> None:
    """Store a valid value. An item that says the same as in `previous` (that version's value) keeps the date of its last change."""
    match section:
        case "visit":
            version.date = datetime.date.fromisoformat(value["date"])
            version.contact = value["contact"] or ""
            version.save(update_fields=["date", "contact"])
        case "work_factors":
            _replace_items(version, WorkFactorFinding, [{**row, "condition": row.get("condition", "")} for row in value], previous)
        case "areas":
            _replace_items(version, AreaFinding, [_flat_limit(row) for row in value], [_flat_limit(row) for row in previous or []])
        case "context_factors":
            _replace_items(version, ContextFinding, value, previous)
        case "possibilities":
            _write_possibilities(version, value)
        case "prognosis":
            _one(version, Prognosis, {**value, "expected_return": _day(value["expected_return"]), "next_contact": _day(value["next_contact"])})
        case "advice":
            _one(version, Advice, {key: item for key, item in value.items() if key != "actions"})
            _replace_rows(version, AdviceAction, [{**row, "by": _day(row["by"]), "about": row.get("about") or ""} for row in value["actions"]])
        case "consultation":
            _replace_rows(
                version,
                ConsultationNote,
                [{"with_role": row["with"], "item": row.get("item") or "", **_keep(row, "question", "answer", "agreed")} for row in value],
            )
        case _:
            raise KeyError(section)


def write_view(version: Assessment, *, can_do: str, needs: str, on_advice: str, written_by: str, shared: bool) -> None:
    """Copy the running view into a version."""
    _one(version, VersionView, {"can_do": can_do, "needs": needs, "on_advice": on_advice, "written_by": written_by, "shared": shared})


# --- the employee's running text ---------------------------------------------------------------


def newest_view(dossier: Dossier, *, since: datetime.datetime | None) -> EmployeeView | None:
    """The words that were changed last; these go into the next version. `since`: what is older is not for this reader (`Opened.sees_from`)."""
    rows = EmployeeView.objects.filter(dossier=dossier)
    rows = rows if since is None else rows.filter(changed_at__gte=since)
    return rows.order_by("-changed_at", "-version").first()


def running_view(dossier: Dossier, *, since: datetime.datetime | None) -> dict[str, Any]:
    """The running view as a section value."""
    row = newest_view(dossier, since=since)
    on = is_switched_on(dossier, Part.EMPLOYEE_VIEW)
    if row is None:
        return {**dict.fromkeys(VIEW_FIELDS, ""), "written_by": WrittenBy.EMPLOYEE.value, "share_with_employer": on}
    return {**{name: getattr(row, name) for name in VIEW_FIELDS}, "written_by": row.written_by, "share_with_employer": on}


def is_switched_on(dossier: Dossier, part: Part) -> bool:
    """Whether the employee's newest switch for this part is on."""
    newest = Switch.objects.filter(dossier=dossier, part=part).order_by("-at", "-pk").first()
    return newest is not None and newest.on


# --- reading ------------------------------------------------------------------------------------


def _in_order(version: Assessment, section: str, rows: Iterable[Any]) -> list[Any]:
    order = {item.key: place for place, item in enumerate(library.get(*version.instrument).items(section))}
    return sorted(rows, key=lambda row: order[row.item])


def _factor(row: Any) -> dict[str, object]:
    return {"item": row.item, "influence": row.influence, "note": row.note}


def _area(row: AreaFinding) -> dict[str, object]:
    limit = {"value": _number(row.limit_value), "unit": row.limit_unit, "per": row.limit_per} if row.limit_value is not None else None
    return {
        "item": row.item,
        "status": row.status,
        "explanation": row.explanation,
        "still_possible": row.still_possible,
        "condition": row.condition,
        **({"limit": limit} if limit else {}),
        "in_letter": row.in_letter,
    }


def _view(row: VersionView | None) -> dict[str, object]:
    if row is None:
        return dict(_table(default_value("employee_view")))
    return {"can_do": row.can_do, "needs": row.needs, "on_advice": row.on_advice, "written_by": row.written_by, "share_with_employer": row.shared}


def _possibilities(row: Possibilities | None, version: Assessment) -> dict[str, object]:
    if row is None:
        return dict(_table(default_value("possibilities")))
    return {
        "usable": row.usable,
        "own_work": row.own_work,
        "going_well": row.going_well,
        "hours_now": _number(row.hours_now),
        "build_up": [
            {
                "from": step.start.isoformat(),
                "hours_per_week": _number(step.hours_per_week),
                **({"hours_per_day": _number(step.hours_per_day)} if step.hours_per_day is not None else {}),
                "kind": step.kind,
                "tasks": step.tasks,
            }
            for step in version.buildupsteps.all()
        ],
        "hours_ground": row.hours_ground,
        "work_related": row.work_related,
        "working_relationship": {"state": row.relationship_state, "advice": row.relationship_advice},
        "review_on": _iso(row.review_on),
    }


def _prognosis(row: Prognosis | None) -> dict[str, object]:
    if row is None:
        return dict(_table(default_value("prognosis")))
    return {
        "course": row.course,
        "expected_return": _iso(row.expected_return),
        "certainty": row.certainty,
        "next_contact": _iso(row.next_contact),
        "note": row.note,
    }


def _advice(row: Advice | None, version: Assessment) -> dict[str, object]:
    if row is None:
        return dict(_table(default_value("advice")))
    return {
        "goal": row.goal,
        "message": row.message,
        "needs_answer": row.needs_answer,
        "labour_expert_needed": row.labour_expert_needed,
        "actions": [
            {"what": step.what, "who": step.who, "by": step.by.isoformat(), **({"about": step.about} if step.about else {})}
            for step in version.adviceactions.all()
        ],
    }


def _note(row: ConsultationNote) -> dict[str, object]:
    return {"with": row.with_role, "item": row.item, "question": row.question, "answer": row.answer, "agreed": row.agreed}


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _table(value: SectionValue) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


# --- writing ------------------------------------------------------------------------------------


def _replace_items(version: Assessment, model: Any, rows: Sequence[Mapping[str, Any]], previous: Sequence[Mapping[str, Any]] | None) -> None:
    """Write only the items that differ from what stands there."""
    standing = {row.item: row for row in model.objects.filter(assessment=version)}
    before = {row["item"]: row for row in previous or []}
    dates = {} if not before else _dates_of_last_change(version, model)
    for values in rows:
        item = values["item"]
        changed_on = dates.get(item, version.date) if before.get(item) == values else version.date
        fields = {**values, "changed_on": changed_on}
        row = standing.pop(item, None)
        if row is None:
            model(dossier_id=version.dossier_id, assessment=version, **fields).save(force_insert=True)
        elif any(getattr(row, name) != new for name, new in fields.items()):
            for name, new in fields.items():
                setattr(row, name, new)
            row.save()
    if standing:
        model.objects.filter(pk__in=[row.pk for row in standing.values()]).delete()


def _dates_of_last_change(version: Assessment, model: Any) -> dict[str, datetime.date]:
    return dict(model.objects.filter(assessment=version.started_from_id).values_list("item", "changed_on"))


def _replace_rows(version: Assessment, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    standing = list(model.objects.filter(assessment=version))
    wanted = [{**values, "position": position} for position, values in enumerate(rows)]
    if [{name: getattr(row, name) for name in values} for row, values in zip(standing, wanted, strict=False)] == wanted and len(standing) == len(
        wanted
    ):
        return
    model.objects.filter(assessment=version).delete()
    for values in wanted:
        model(dossier_id=version.dossier_id, assessment=version, **values).save(force_insert=True)


def _one(version: Assessment, model: Any, values: Mapping[str, Any]) -> None:
    row = model.objects.filter(assessment=version).first() or model(dossier_id=version.dossier_id, assessment=version)
    for name, new in values.items():
        setattr(row, name, new)
    row.save()


def _write_possibilities(version: Assessment, value: Value) -> None:
    relationship = value["working_relationship"]
    own = _keep(value, "usable", "own_work", "going_well", "hours_ground", "work_related")
    _one(
        version,
        Possibilities,
        {
            **own,
            "hours_now": _decimal(value["hours_now"]),
            "relationship_state": relationship["state"],
            "relationship_advice": relationship["advice"],
            "review_on": _day(value["review_on"]),
        },
    )
    _replace_rows(
        version,
        BuildUpStep,
        [
            {
                "start": _day(step["from"]),
                "hours_per_week": _decimal(step["hours_per_week"]),
                "hours_per_day": _decimal(step.get("hours_per_day")),
                "kind": step["kind"],
                "tasks": step["tasks"],
            }
            for step in value["build_up"]
        ],
    )


def _flat_limit(row: Mapping[str, Any]) -> dict[str, Any]:
    limit = row.get("limit") or {}
    return {
        **_keep(row, "item", "status", "in_letter"),
        **{key: row.get(key, "") for key in ("explanation", "still_possible", "condition")},
        "limit_value": _decimal(limit.get("value")),
        "limit_unit": limit.get("unit"),
        "limit_per": limit.get("per"),
    }


def _keep(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None
