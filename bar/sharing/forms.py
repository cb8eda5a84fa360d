"""What a physician types to share: to whom, what, why, until when. One form for asking and for the look beforehand.

Whether an address is known is never told: what is refused here depends on the address as typed and on who takes part in this dossier, on nothing
else. What can be shared is asked of `consent.actions.shares`; the table is in `consent/access.py`.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from bar.accounts.models import Organisation, OrganisationKind, User
from bar.accounts.rules.work_address import PUBLIC, domain_of, is_employers
from consent.access import consentable
from consent.actions.shares import OTHER_PLACE, SharePlan, holds_other_place, share_problems
from consent.models import Moment, Share
from consent.share_story import shares_of
from consent.wording import GROUPS
from dossiers.door import Opened
from dossiers.forms.process import NO_CHOICE, DayField, EmailField, LineField
from dossiers.parts import Act, Part, Role
from dossiers.rules.share_presets import LONGEST_PURPOSE, MEANING, PRESET_MONTHS, PRESETS, months_after
from instrument.forms.fields import TextField

SOMEBODY_ELSE = "new"
CONSUMER = "Dit is een privéadres. Vraag om het zakelijke e-mailadres. Zo weet u zeker dat het bij de juiste persoon aankomt."
EMPLOYEES = "Dit is het e-mailadres van de werknemer. Vul het adres in van de persoon met wie u wilt delen."
EMPLOYERS = "Dit is een adres van de werkgever. De werkgever mag niet meelezen in het dossier. Kies iemand van buiten."
EMPLOYER_ITSELF = "Dit is de werkgever zelf. De werkgever mag niet meelezen in het dossier. Kies iemand van een ander bureau."


@dataclass(frozen=True, slots=True)
class Whom:
    """To whom: somebody of an earlier share, or a name with an address that may or may not be known here."""

    name: str
    organisation: str
    person: User | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class AskedShare:
    """A share as it was typed, before there is anybody to share with."""

    whom: Whom
    plan: SharePlan


def reads_for(role: Role) -> tuple[Part, ...]:
    """The parts that can be shared with a role, in the order in which the employee is asked; `process` comes with every share."""
    return tuple(part for parts in GROUPS.values() for part in parts if consentable(role, part, Act.READ))


def read_name(part: Part) -> str:
    """The name of the tick to read a part."""
    return f"read-{part}"


def write_name(part: Part) -> str:
    """The name of the tick to write in a part."""
    return f"write-{part}"


class ShareForm(forms.Form):
    """Everything to ask a consent with. `role` decides which parts there are."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    renews = forms.UUIDField(widget=forms.HiddenInput, required=False)
    who = forms.ChoiceField(
        label="Met wie wilt u delen?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies met wie u wilt delen.", "invalid_choice": NO_CHOICE},
    )
    name = LineField(label="Naam", error_messages={"required": "Vul de naam in."})
    email = EmailField(
        label="Zakelijk e-mailadres",
        help_text="Hier krijgt deze persoon bericht, pas nadat de werknemer ja zegt.",
        error_messages={"required": "Vul het zakelijke e-mailadres in."},
    )
    organisation = LineField(
        label="Bureau of organisatie",
        help_text="Kies uit de lijst of typ een andere naam.",
        widget=forms.TextInput({"list": "bureaus"}),
        error_messages={"required": "Vul het bureau of de organisatie in."},
    )
    moment = forms.ChoiceField(
        label="Waarvoor leest UWV mee?",
        choices=Moment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarvoor UWV meeleest.", "invalid_choice": NO_CHOICE},
    )
    purpose = TextField(
        label="Waarom deelt u dit?",
        help_text=(
            "De werknemer leest deze woorden, en na een ja ook degene met wie u deelt. Schrijf in gewone taal wat deze persoon gaat doen, "
            f"in hooguit {LONGEST_PURPOSE} tekens. Schrijf niet op wat iemand heeft."
        ),
        widget=forms.Textarea({"rows": "4"}),
        error_messages={"required": "Schrijf op waarom u dit deelt. De werknemer leest het."},
    )
    first_day = DayField(label="Eerste dag", error_messages={"required": "Vul de eerste dag in."})
    last_day = DayField(
        label="Laatste dag", help_text="Tot en met deze dag. Hooguit een jaar.", error_messages={"required": "Vul de laatste dag in."}
    )

    use_required_attribute = False  # who is picked from the list needs no name and address

    def __init__(self, data: Mapping[str, Any] | None = None, *, opened: Opened, role: Role, after: Share | None = None) -> None:
        self.opened, self.role = opened, role
        self.earlier = _earlier(opened, role)
        super().__init__(data, initial=self._preset(after))
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            *((str(pk), _called(row)) for pk, row in self.earlier.items()),
            (SOMEBODY_ELSE, "Iemand anders"),
        ]
        if data is not None and data.get("who") in {str(pk) for pk in self.earlier}:
            for name in {"name", "email", "organisation"} & self.fields.keys():
                self.fields[name].required = False
        if not self.earlier:
            self.fields["who"].widget, self.fields["who"].initial = forms.HiddenInput(), SOMEBODY_ELSE
        self.is_uwv = role is not Role.LABOUR_EXPERT
        del self.fields["organisation" if self.is_uwv else "moment"]
        for part in reads_for(role):
            self.fields[read_name(part)] = forms.BooleanField(label=f"{part.label}: {MEANING[part]}", required=False)
            if consentable(role, part, Act.WRITE):
                self.fields[write_name(part)] = forms.BooleanField(label=f"{part.label}: ook schrijven", required=False)

    # --- what stands there first -------------------------------------------------------------------

    def _preset(self, after: Share | None) -> dict[str, Any]:
        today = self.opened.today
        values: dict[str, Any] = {"key": uuid.uuid4(), "first_day": today.isoformat(), "last_day": months_after(today, PRESET_MONTHS).isoformat()}
        if after is None:
            chosen = PRESETS[self.role]
            return values | {read_name(part): True for part in chosen.read} | {write_name(part): True for part in chosen.write}
        values |= {"renews": after.pk, "who": str(after.person_id), "moment": after.moment, "purpose": after.purpose}
        for row in after.parts.all():
            values |= {read_name(Part(row.part)): True} | ({write_name(Part(row.part)): True} if row.write else {})
        return values

    # --- how the page lays it out ------------------------------------------------------------------

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The ticks under the three questions the employee is asked."""
        for question, parts in GROUPS.items():
            names = [name for part in parts for name in (read_name(part), write_name(part)) if name in self.fields]
            if names:
                yield question.label, [self[name] for name in names]

    def bureaus(self) -> list[str]:
        """The bureaus that are known here; nobody of them is told of this."""
        return list(Organisation.objects.filter(kind=OrganisationKind.ADVICE).order_by("name").values_list("name", flat=True))

    def typed(self) -> list[tuple[str, str]]:
        """Everything as it was typed, to send along."""
        return [(name, value) for name in self.fields if (value := _as_typed(self[name].value()))]

    # --- what must be true together ------------------------------------------------------------------

    def clean_purpose(self) -> str:
        purpose: str = self.cleaned_data["purpose"]
        if len(purpose) > LONGEST_PURPOSE:
            raise forms.ValidationError(f"Dit zijn {len(purpose)} tekens. Maak het korter dan {LONGEST_PURPOSE} tekens.")
        return purpose

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("who") == SOMEBODY_ELSE:
            self._check_somebody(values)
        self._check_parts(values)
        self._check_days(values)
        return values

    def _check_somebody(self, values: Mapping[str, Any]) -> None:
        if values.get("email"):
            sentence = _address_problem(self.opened, values["email"], self.role)
            if sentence:
                self.add_error("email", sentence)
        if values.get("organisation", "").casefold() == self.opened.dossier.employer.name.casefold() and values.get("organisation"):
            self.add_error("organisation", EMPLOYER_ITSELF)

    def _check_parts(self, values: dict[str, Any]) -> None:
        for part in reads_for(self.role):
            if values.get(write_name(part)):
                values[read_name(part)] = True  # to write is to read as well
        if not any(values.get(read_name(part)) for part in reads_for(self.role)):
            self.add_error(None, "Kies minstens één onderdeel om te delen.")

    def _check_days(self, values: Mapping[str, Any]) -> None:
        first, last, today = values.get("first_day"), values.get("last_day"), self.opened.today
        if first and first < today:
            self.add_error("first_day", "De eerste dag is al voorbij. Kies vandaag of een latere dag.")
        elif first and first > months_after(today, 12):
            self.add_error("first_day", "De eerste dag ligt meer dan een jaar vooruit. Kies een eerdere dag.")
        if first and last and "first_day" not in self.errors:
            plan = replace(self._plan(values), first_day=first, last_day=last)
            for problem in share_problems(plan):
                if problem.field in self.fields and problem.field not in self.errors:
                    self.add_error(problem.field, problem.sentence)

    def _plan(self, values: Mapping[str, Any]) -> SharePlan:
        reads = tuple(part for part in reads_for(self.role) if values.get(read_name(part)))
        return SharePlan(
            person=None,
            role=self.role,
            read=(Part.PROCESS, *reads),
            write=tuple(part for part in reads if values.get(write_name(part))),
            purpose=values.get("purpose", ""),
            first_day=values.get("first_day") or self.opened.today,
            last_day=values.get("last_day") or self.opened.today,
            moment=values.get("moment", ""),
            key=uuid.uuid5(self.opened.dossier.pk, f"{self.opened.person.pk}:{values['key']}") if values.get("key") else None,
        )

    # --- the value -----------------------------------------------------------------------------------

    def asked(self) -> AskedShare:
        """What was asked, of a valid form."""
        values = self.cleaned_data
        row = None if values["who"] == SOMEBODY_ELSE else self.earlier[uuid.UUID(values["who"])]
        if row is None:
            whom = Whom(values["name"], "UWV" if self.is_uwv else values["organisation"], email=values["email"])
        else:
            whom = Whom(row.name, row.organisation_name, row.person)
        return AskedShare(whom, replace(self._plan(values), name=whom.name, organisation_name=whom.organisation, renews=self._renewed(whom)))

    def _renewed(self, whom: Whom) -> Share | None:
        """The share this one comes after: of the same person in the same role, or none."""
        pk = self.cleaned_data.get("renews")
        rows = [row for row in shares_of(self.opened) if row.pk == pk and row.role == self.role]
        return next((row for row in rows if whom.person is not None and row.person_id == whom.person.pk), None)


def _earlier(opened: Opened, role: Role) -> dict[uuid.UUID, Share]:
    """With whom this dossier was shared before in this role, by the newest share to each."""
    found: dict[uuid.UUID, Share] = {}
    for row in shares_of(opened):
        if row.role == role and row.person.is_active:
            found.setdefault(row.person_id, row)
    return found


def _called(row: Share) -> str:
    return f"{row.name}, {row.organisation_name}" if row.organisation_name else row.name


def _address_problem(opened: Opened, email: str, role: Role) -> str:
    """Why this address cannot be shared with; empty when it can. Of people elsewhere nothing is looked at."""
    dossier = opened.dossier
    contacts = [str(row.person.email or "") for row in dossier.seats.filter(role=Role.EMPLOYER).select_related("person")]
    if email == (dossier.employee.email or "").lower():
        return EMPLOYEES
    if domain_of(email) in PUBLIC:
        return CONSUMER
    if is_employers(email, [*contacts, dossier.employer.email]):
        return EMPLOYERS
    return OTHER_PLACE if holds_other_place(dossier, role, opened.today, person__email__iexact=email) else ""


def _as_typed(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)
