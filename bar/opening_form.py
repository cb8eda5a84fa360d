"""The form that opens a dossier: employee, employer and contact persons, contract, sick days; for a delegate also the physician.

One form with flat names (`contact-0-name`), so that there is one list of errors. Whether an e-mail address is known is never told.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from bar.accounts.models import AddressForm, Organisation, OrganisationKind, User
from bar.accounts.rules.work_address import WARNING, is_employers
from bar.openings import NewDossier, Person
from dossiers.forms.letters import PostalAddressField
from dossiers.forms.process import NO_CHOICE, DayField, EmailField, EmploymentForm, LineField
from dossiers.models.dossier import Salutation
from dossiers.parts import Role
from dossiers.rules.sick_weeks import Recovery, recovery_problem

CONTACTS = 3
RECOVERIES = 4
YOUNGEST, OLDEST = 13, 100  # years on the first sick day; outside these it is a typing mistake


class PhysicianField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The physicians of one arbodienst, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class OpeningForm(EmploymentForm):
    """Everything needed to open a dossier. `by` is who opens it."""

    employee_name = LineField(label="Naam van de werknemer", error_messages={"required": "Vul de naam van de werknemer in."})
    employee_email = EmailField(
        label="E-mailadres van de werknemer", help_text="Geen e-mailadres? Laat dit leeg. De brieven gaan dan op papier.", required=False
    )
    keep_work_address = forms.BooleanField(label="Toch dit adres gebruiken", required=False)  # shown only after the warning
    employee_address = PostalAddressField(
        label="Postadres van de werknemer", help_text="Alleen nodig voor brieven op papier. Straat, nummer, postcode en plaats, zonder de naam."
    )
    birth_date = DayField(label="Geboortedatum", error_messages={"required": "Vul de geboortedatum in."})
    salutation = forms.ChoiceField(
        label="Hoe noemen brieven de werknemer?",
        choices=[("", "bij de voornaam"), *Salutation.choices],
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": NO_CHOICE},
    )
    employer = LineField(label="Naam van de werkgever", error_messages={"required": "Vul de naam van de werkgever in."})
    first_sick_day = DayField(label="Eerste ziektedag", error_messages={"required": "Vul de eerste ziektedag in."})

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: User, today: dt.date) -> None:
        super().__init__(data)
        self.by = by
        self.today = today
        self.warns = False
        if by.organisation is None or by.organisation.address_form != AddressForm.FORMAL:
            del self.fields["salutation"]  # this arbodienst always uses the first name
        for place in range(CONTACTS):
            self._add_contact(place)
        for place in range(RECOVERIES):
            self.fields[f"recovery-{place}-from"] = DayField(label="Beter vanaf", required=False)
            self.fields[f"recovery-{place}-until"] = DayField(label="Weer ziek vanaf", help_text="Nog steeds beter? Laat dit leeg.", required=False)
        if by.profession == Role.DELEGATE:
            self.fields["physician"] = PhysicianField(
                label="Bedrijfsarts",
                queryset=User.objects.filter(organisation=by.organisation, profession=Role.PHYSICIAN, is_active=True).order_by("name"),
                empty_label="Kies een bedrijfsarts",
                error_messages={"required": "Kies de bedrijfsarts voor wie u werkt.", "invalid_choice": "Kies een bedrijfsarts van uw arbodienst."},
            )

    def _add_contact(self, place: int) -> None:
        first = place == 0
        self.fields[f"contact-{place}-name"] = LineField(
            label="Naam", required=first, error_messages={"required": "Vul de naam van een contactpersoon in."}
        )
        self.fields[f"contact-{place}-email"] = EmailField(
            label="E-mailadres", required=first, error_messages={"required": "Vul het e-mailadres van de contactpersoon in."}
        )
        self.fields[f"contact-{place}-function"] = LineField(label="Functie", required=False)

    # --- how the page lays it out ----------------------------------------------------------------

    def contacts(self) -> list[list[forms.BoundField]]:
        """The fields of each contact person."""
        return [[self[f"contact-{place}-{name}"] for name in ("name", "email", "function")] for place in range(CONTACTS)]

    def recoveries(self) -> list[list[forms.BoundField]]:
        """The fields of each recovery."""
        return [[self[f"recovery-{place}-{name}"] for name in ("from", "until")] for place in range(RECOVERIES)]

    def has_more_contacts(self) -> bool:
        """Whether the folded rows hold something to look at."""
        return any(field.data or field.errors for row in self.contacts()[1:] for field in row)

    def has_recoveries(self) -> bool:
        """The same for the recoveries."""
        return any(field.data or field.errors for row in self.recoveries() for field in row)

    # --- what must be true together --------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_dates(values)
        self._check_contacts(values)
        self._check_recoveries(values)
        self._check_work_address(values)
        return values

    def _check_dates(self, values: Mapping[str, Any]) -> None:
        first, born = values.get("first_sick_day"), values.get("birth_date")
        if first and first > self.today:
            self.add_error("first_sick_day", "De eerste ziektedag ligt in de toekomst. Vul een dag in die al is geweest.")
        if born and first and not YOUNGEST <= first.year - born.year <= OLDEST:
            self.add_error("birth_date", "Deze geboortedatum past niet bij iemand die werkt. Kijk de datum na.")

    def _check_contacts(self, values: Mapping[str, Any]) -> None:
        seen = {values.get("employee_email")} - {None, ""}
        for place in range(CONTACTS):
            name, email = values.get(f"contact-{place}-name"), values.get(f"contact-{place}-email")
            if place and values.get(f"contact-{place}-function") and not (name or email):
                self.add_error(f"contact-{place}-name", "Vul ook de naam in, of haal de functie weg.")
            if name and not email and f"contact-{place}-email" not in self.errors:
                self.add_error(f"contact-{place}-email", "Vul ook het e-mailadres in.")
            if email and not name and f"contact-{place}-name" not in self.errors:
                self.add_error(f"contact-{place}-name", "Vul ook de naam in.")
            if email and email in seen:
                self.add_error(f"contact-{place}-email", "Dit e-mailadres staat al in dit formulier. Iedereen heeft één rol.")
            seen.add(email)

    def _check_work_address(self, values: Mapping[str, Any]) -> None:
        """Warn, once, when the employer can probably read the employee's mail."""
        organisation = Organisation.objects.filter(name__iexact=values.get("employer", ""), kind=OrganisationKind.EMPLOYER).first()
        others = [values.get(f"contact-{place}-email") or "" for place in range(CONTACTS)]
        self.warns = is_employers(values.get("employee_email") or "", [*others, organisation.email if organisation else ""])
        if self.warns and not values.get("keep_work_address"):
            self.add_error("employee_email", WARNING)

    def _check_recoveries(self, values: Mapping[str, Any]) -> None:
        rows: list[tuple[int, Recovery]] = []
        for place in range(RECOVERIES):
            start, until = values.get(f"recovery-{place}-from"), values.get(f"recovery-{place}-until")
            if until and not start and f"recovery-{place}-from" not in self.errors:
                self.add_error(f"recovery-{place}-from", "Vul ook in vanaf welke dag de werknemer beter was.")
            for name, day in (("from", start), ("until", until)):
                if day and day > self.today:
                    self.add_error(f"recovery-{place}-{name}", "Deze dag ligt in de toekomst. Vul een dag in die al is geweest.")
            if start:
                rows.append((place, Recovery(start, until)))
        first = values.get("first_sick_day")
        problem = recovery_problem(first, [row for _, row in rows]) if first and not self._has_error("recovery-") else None
        if problem is not None:
            self.add_error(f"recovery-{rows[problem.position][0]}-from", problem.sentence)

    def _has_error(self, prefix: str) -> bool:
        return any(name.startswith(prefix) for name in self.errors)

    # --- the value -------------------------------------------------------------------------------

    def plan(self) -> NewDossier:
        """What to open, of a valid form."""
        values = self.cleaned_data
        return NewDossier(
            employee=Person(values["employee_name"], values["employee_email"] or None),
            birth_date=values["birth_date"],
            salutation=values.get("salutation", ""),
            employers=tuple(
                Person(values[f"contact-{place}-name"], values[f"contact-{place}-email"], values[f"contact-{place}-function"])
                for place in range(CONTACTS)
                if values[f"contact-{place}-name"]
            ),
            employer_organisation=values["employer"],
            employment=self.employment(),
            first_sick_day=values["first_sick_day"],
            postal_address=values["employee_address"],
            recoveries=tuple(
                Recovery(values[f"recovery-{place}-from"], values[f"recovery-{place}-until"])
                for place in range(RECOVERIES)
                if values[f"recovery-{place}-from"]
            ),
        )

    def responsible(self) -> User:
        """The responsible physician: who opens, or whom the delegate names."""
        named: User | None = self.cleaned_data.get("physician")
        return named or self.by
