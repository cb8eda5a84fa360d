"""What people of an organisation can do there, per kind of organisation, in words. Pure: values in, values out.

What somebody does decides who may open a dossier or get a seat; never access to one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dossiers.parts import Role

BIG_DIGITS = 11  # a registration in the BIG register has eleven digits


@dataclass(frozen=True, slots=True)
class Work:
    """One thing somebody can do. `key` names it in a form; empty `profession`: nothing in dossiers by profession."""

    key: str
    words: str
    profession: str = ""
    delegate_kind: str = ""


PHYSICIAN = Work("bedrijfsarts", "bedrijfsarts", Role.PHYSICIAN)
DELEGATES = (
    Work("pob", "taakgedelegeerde: praktijkondersteuner (POB)", Role.DELEGATE, "pob"),
    Work("casemanager", "taakgedelegeerde: casemanager", Role.DELEGATE, "case_manager"),
    Work("arboarts", "taakgedelegeerde: arboarts", Role.DELEGATE, "arboarts"),
    Work("aios", "taakgedelegeerde: arts in opleiding", Role.DELEGATE, "aios"),
)
LABOUR_EXPERT = Work("arbeidsdeskundige", "arbeidsdeskundige", Role.LABOUR_EXPERT)
INSURANCE_PHYSICIAN = Work("verzekeringsarts", "verzekeringsarts", Role.INSURANCE_PHYSICIAN)
UWV_LABOUR_EXPERT = Work("arbeidsdeskundige-uwv", "arbeidsdeskundige UWV", Role.UWV_LABOUR_EXPERT)
CONTACT = Work("contact", "contactpersoon")
NOTHING = Work("beheer", "alleen beheer, geen dossiers")

# By the value of OrganisationKind. At an employer everybody can be a contact person.
_BY_KIND: Mapping[str, tuple[Work, ...]] = {
    "arbodienst": (PHYSICIAN, *DELEGATES, NOTHING),
    "employer": (CONTACT,),
    "advice": (LABOUR_EXPERT, NOTHING),
    "uwv": (INSURANCE_PHYSICIAN, UWV_LABOUR_EXPERT, NOTHING),
}


def works_of(kind: str) -> tuple[Work, ...]:
    """What people of this kind of organisation can do."""
    return _BY_KIND[kind]


def work_named(kind: str, key: str) -> Work:
    """The work with this key; KeyError when people of this kind of organisation cannot do it."""
    return {work.key: work for work in works_of(kind)}[key]


def work_of(kind: str, profession: str, delegate_kind: str) -> Work:
    """What somebody does, as stored; `NOTHING` for what does not fit this kind of organisation."""
    fitting = [work for work in works_of(kind) if work.profession == profession]
    return next((work for work in fitting if work.delegate_kind == delegate_kind), fitting[0] if fitting else NOTHING)


def big_problem(work: Work, big_number: str) -> str:
    """What is wrong with this BIG number for this work, or nothing."""
    if work is not PHYSICIAN:
        return ""
    if not big_number:
        return "Vul het BIG-nummer van de bedrijfsarts in."
    if not (big_number.isascii() and big_number.isdigit() and len(big_number) == BIG_DIGITS):
        return f"Een BIG-nummer heeft {BIG_DIGITS} cijfers. Kijk het nummer na."
    return ""
