"""What an administrator types: a person, what they do, the letterhead, who takes over."""

from collections.abc import Mapping
from typing import Any

from django import forms

from bar.accounts.actions.people import NewPerson
from bar.accounts.models import AddressForm, Organisation, OrganisationKind, User
from bar.accounts.rules.work import CONTACT, PHYSICIAN, Work, big_problem, work_named, work_of, works_of
from bar.accounts.staff import possible_successors
from dossiers.forms.process import NO_CHOICE, EmailField, LineField
from instrument.forms.fields import TextField


class SearchForm(forms.Form):
    """Somebody by name or address."""

    zoek = forms.CharField(
        label="Zoek iemand", help_text="Naam of e-mailadres", required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )


class DetailsForm(forms.Form):
    """What stands on the letterhead of an organisation; for an arbodienst also how letters name the employee."""

    address = TextField(
        label="Adres",
        help_text="Straat en nummer, en op een nieuwe regel postcode en plaats.",
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": "3", "autocomplete": "street-address"}),
        error_messages={"max_length": "Maak het adres korter dan 400 tekens."},
    )
    phone = LineField(label="Telefoonnummer", most=40, required=False, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}))
    email = EmailField(label="E-mailadres", help_text="Een adres dat iedereen mag weten.", required=False)
    address_form = forms.ChoiceField(
        label="Hoe noemen brieven de werknemer?",
        choices=[(AddressForm.FIRST_NAME.value, "Bij de voornaam"), (AddressForm.FORMAL.value, "De heer of mevrouw, met de achternaam")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe brieven de werknemer noemen.", "invalid_choice": NO_CHOICE},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, organisation: Organisation) -> None:
        names = ("address", "phone", "email", "address_form")
        super().__init__(data, initial={name: getattr(organisation, name) for name in names})
        if organisation.kind != OrganisationKind.ARBODIENST:
            del self.fields["address_form"]

    def values(self) -> dict[str, str]:
        """What was typed, of a valid form."""
        return {name: str(value) for name, value in self.cleaned_data.items()}


class WorkForm(forms.Form):
    """What somebody does in an organisation, and whether they administer it."""

    work = forms.ChoiceField(
        label="Wat doet deze persoon?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat deze persoon doet.", "invalid_choice": NO_CHOICE},
    )
    big_number = LineField(
        label="BIG-nummer",
        help_text="Alleen voor een bedrijfsarts: elf cijfers.",
        most=20,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    is_administrator = forms.BooleanField(
        label="Deze persoon is ook beheerder",
        help_text="Een beheerder voegt mensen toe en laat ze stoppen. Een beheerder ziet geen dossiers.",
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, organisation: Organisation, person: User | None = None) -> None:
        super().__init__(data, initial=_now(person, organisation))
        self.organisation = organisation
        works = works_of(organisation.kind)
        if len(works) == 1:
            del self.fields["work"]
        else:
            self.fields["work"].choices = [(work.key, f"{work.words[:1].upper()}{work.words[1:]}") for work in works]  # type: ignore[attr-defined]
        if PHYSICIAN not in works:
            del self.fields["big_number"]

    def clean_big_number(self) -> str:
        return "".join(str(self.cleaned_data["big_number"]).split())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "work" in values and "big_number" in values:
            problem = big_problem(self.chosen_work(), values["big_number"])
            if problem:
                self.add_error("big_number", problem)
        return values

    def chosen_work(self) -> Work:
        """What was chosen, of a valid form."""
        return work_named(self.organisation.kind, self.cleaned_data.get("work", CONTACT.key))

    @property
    def is_administrator_too(self) -> bool:
        """Whether the box was ticked, of a valid form."""
        return bool(self.cleaned_data["is_administrator"])

    @property
    def big(self) -> str:
        """The BIG number as digits, of a valid form."""
        return str(self.cleaned_data.get("big_number", ""))


def _now(person: User | None, organisation: Organisation) -> dict[str, Any]:
    if person is None:
        return {}
    work = work_of(organisation.kind, person.profession, person.delegate_kind)
    return {"work": "" if person.ended_at else work.key, "big_number": person.big_number, "is_administrator": person.is_administrator}


class PersonForm(WorkForm):
    """Somebody new. Whether the address is known elsewhere is never told."""

    name = LineField(
        label="Naam",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Vul de naam in."},
    )
    email = EmailField(
        label="E-mailadres",
        help_text="Het adres van het werk. Daar gaat de uitnodiging heen.",
        error_messages={"required": "Vul het e-mailadres in."},
    )
    field_order = ("name", "email", "work", "big_number", "is_administrator")

    def new_person(self) -> NewPerson:
        """The value of a valid form."""
        values = self.cleaned_data
        return NewPerson(values["name"], values["email"], self.chosen_work(), self.is_administrator_too, self.big)


class InviteForm(forms.Form):
    """Where a new invitation goes."""

    email = EmailField(
        label="E-mailadres", help_text="Kwam de mail niet aan? Verbeter het adres.", error_messages={"required": "Vul het e-mailadres in."}
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, email: str) -> None:
        super().__init__(data, initial={"email": email})


class _PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class EndForm(forms.Form):
    """Who takes over the work of somebody who stops."""

    successor = _PersonField(
        label="Wie neemt het werk over?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand",
        error_messages={"invalid_choice": "Kies een opvolger uit de lijst."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, organisation: Organisation, person: User) -> None:
        super().__init__(data)
        self.fields["successor"].queryset = possible_successors(organisation, person).order_by("name")  # type: ignore[attr-defined]
