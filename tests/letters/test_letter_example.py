"""The letter of the second visit of magazijn-a, sentence by sentence as `letter-example.md` has it, and the other visits.

The expected sentences are typed from the example by hand; nothing here may be printed by the code under test.
"""

from dataclasses import replace
from datetime import date

import pytest

from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.letter_core import Contact, FartherStep, LetterCore, Remark, RemarkKind, Usable
from dossiers.rules.letter_text import Reader, compose, file_name, lines, plain, warnings
from tests.letters.material import case_core, one_area, twenty_areas

SHARED = """
Advies over werken
Deze brief is voor Joost Verkerk en voor de werkgever, Pakketpunt Noord. Zij krijgen op hetzelfde moment dezelfde tekst.
Op 30 maart 2026 sprak ik Joost Verkerk op mijn spreekuur. Joost is orderpicker en heeft een contract van 36 uur per week. Dit is mijn advies.
Het belangrijkste
Joost werkt nu 18 uur en kan naar 24 uur. Bukken is geen probleem meer. Hij mag nu tot 10 kilo tillen.
Wat gaat goed
De opbouw verloopt volgens plan.
Hoeveel uur kan Joost werken?
Joost bouwt de uren stap voor stap op.
Vanaf dinsdag 7 april 2026: 24 uur per week. Dat zijn 4 dagen van 6 uur. Het werk: lichte orders en inpakken.
Vanaf maandag 4 mei 2026: 30 uur per week. Het werk: alle orders, zonder zwaar tillen.
Lukt een stap niet? Of kan het juist sneller? Dan belt Joost of de werkgever de arbodienst. Dat hoeft niet te wachten tot de volgende afspraak.
Wat kan Joost, en wat is daarvoor nodig?
Joost kan een deel van het eigen werk doen.
Lang zitten of staan
Dit kan: een uur achter elkaar staan of zitten.
Dit is nodig: wissel elk uur staan, zitten en lopen af.
Tillen en dragen
Dit kan: tillen op tafelhoogte tot 10 kilo.
Dit is nodig: niet meer dan 10 kilo tillen, en niet vanaf de grond.
Lichamelijk zwaar werk
Dit is nodig: laat zware pakketten door een collega of met de hefwagen verplaatsen.
Wat vindt Joost zelf?
Joost wil dat ook de werkgever dit leest. Joost schrijft:
Wat kan ik? “Bijna alle lichte orders.”
Wat heb ik nodig? “Hulp bij zware pakketten.”
Wat vind ik van het advies? “Het gaat de goede kant op.”
Wat doen we hiermee? Zware pakketten gaan naar een collega of op de hefwagen.
Wat verwacht ik?
Joost kan steeds meer werk doen. Ik verwacht dat Joost vanaf 1 juni 2026 weer al het eigen werk kan doen. Dat is waarschijnlijk, maar niet zeker.
Wie doet wat?
De werkgever: pas het rooster aan naar 24 uur. Uiterlijk op 7 april 2026.
De werkgever en Joost samen: zet de nieuwe uren en taken in het plan van aanpak. Liefst voor 13 april 2026.
De bedrijfsarts: ik spreek Joost weer op 11 mei 2026. Tot die dag geldt dit advies.
Waar staan we nu?
Joost is ziek gemeld sinds 12 januari 2026. Dit is week 12. In deze fase werken de werkgever en Joost met het plan van aanpak. \
Zij kijken minstens elke 6 weken samen hoe het gaat.
Wat staat niet in deze brief?
In deze brief staan geen medische gegevens. Dat hoort zo. De werkgever mag daar ook niet naar vragen.
Een vraag, of niet eens met dit advies?
Wie een vraag heeft, belt mij eerst. Ik leg het advies graag uit. Op de volgende bladzijde staat wat er nog meer kan.
Hanneke Brouwer, bedrijfsarts, Arbodienst De Brug
"""
EMPLOYER_PAGE = """
Voor u als werkgever
Wat doet u nu?
Pas het rooster aan naar 24 uur. Doe dit uiterlijk op 7 april 2026.
Bespreek met Joost de nieuwe uren en taken. Zet die samen in het plan van aanpak.
Wat komt er later?
Is Joost in de herfst nog niet helemaal aan het werk? Dan moet u dat bij UWV melden. Dat kan tot en met 2 november 2026.
Wat vraagt u niet?
Vraag niet naar ziekte, klachten of behandeling. Schrijf daar ook niets over op.
Niet eens met dit advies?
Bel eerst de bedrijfsarts. Daarna kunt u UWV om een oordeel vragen. Dat heet een deskundigenoordeel. Dit kost geld.
Zo bereikt u ons
Telefoon: 010 000 00 00
E-mail: vragen@arbodienst.test
"""
EMPLOYEE_PAGE = """
Voor u, Joost Verkerk
Klopt er iets niet?
Bel of schrijf de bedrijfsarts.
Wat leest uw werkgever?
Van ons gesprek leest uw werkgever alleen deze brief. Wat u over thuis vertelde, leest uw werkgever niet. U hoeft niet te vertellen wat u heeft.
Niet eens met dit advies?
U mag een andere bedrijfsarts om een tweede mening vragen. Uw werkgever betaalt dat.
U mag ook UWV om een oordeel vragen. Dat kost u geld.
U mag een klacht indienen.
Uw dossier
Uw dossier en wie er keek: op deze site, bij Mijn dossier. Op papier kan ook.
Hulp bij lezen
Vindt u lezen lastig, of liever een andere taal? Bel ons. Wij lezen de brief met u door.
Zo bereikt u ons
Telefoon: 010 000 00 00
E-mail: vragen@arbodienst.test
"""


def printed(core: LetterCore, reader: Reader = Reader.EMPLOYEE) -> list[str]:
    return [plain(line) for line in lines(compose(core, reader))]


def shared(core: LetterCore) -> list[str]:
    """The lines of the part that both readers get."""
    both = [printed(core, reader) for reader in Reader]
    signature = next(place for place, line in enumerate(both[0]) if line.startswith(core.facts.author))
    assert both[0][: signature + 1] == both[1][: signature + 1]
    return both[0][: signature + 1]


@pytest.mark.parametrize(("reader", "page"), [(Reader.EMPLOYER, EMPLOYER_PAGE), (Reader.EMPLOYEE, EMPLOYEE_PAGE)])
def test_the_letter_reads_as_the_example(reader: Reader, page: str) -> None:
    assert printed(case_core("magazijn-a", 1), reader) == (SHARED.strip() + "\n" + page.strip()).split("\n")


def test_own_words_are_marked_as_own_and_ours_are_not() -> None:
    letter = compose(case_core("magazijn-a", 1), Reader.EMPLOYER)
    own = [run.text for line in lines(letter) for run in line if run.own]
    assert "lichte orders en inpakken" in own
    assert "Bijna alle lichte orders." in own
    assert not any(text.startswith(("Dit kan", "Vanaf", "Uiterlijk")) for text in own)


def test_a_first_letter_says_what_starts_and_prints_only_a_limit_that_no_text_says() -> None:
    text = shared(case_core("magazijn-a", 0))
    assert (
        "Vanaf maandag 23 februari 2026: 12 uur per week. Dat zijn 3 dagen van 4 uur. Dit is werken om te oefenen. Het werk: inpakken aan tafel."
        in text
    )
    assert "Dit kan: af en toe bukken gaat goed. Hooguit 10 keer per uur." in text
    assert sum("Hooguit" in line for line in text) == 1
    assert "De werkgever en Joost samen: maak samen het plan van aanpak. Uiterlijk op 2 maart 2026." in text
    assert not any("8 maart" in line for line in text)  # the step vanishes: the action names the same document
    assert not any("Joost schrijft" in line for line in text)
    needs = text.index(
        "Dit spreken we af: Joost hoeft niet uit te leggen waarom hij niet tilt. De teamleider vertelt het team dat hij een tijd ander werk doet."
    )
    assert text[needs + 1] == "Wat verwacht ik?"


def test_who_cannot_work_now_gets_contact_and_a_day_and_no_areas_or_hours() -> None:
    text = shared(case_core("docent-a", 0))
    assert text[5:9] == [
        "Kan Saskia nu werken?",
        "Saskia kan nu niet werken. De werkgever en Saskia houden wel contact met elkaar. Op 14 februari 2025 kijk ik opnieuw wat er kan.",
        "Dit spreken we af: de school belt op een vast moment, zodat Saskia weet waar ze aan toe is.",
        "Wat verwacht ik?",
    ]
    assert not any(word in line for line in text for word in ("uur kan", "Dit kan", "Dit is nodig", "Afspraken"))
    assert text[9] == "Hoe het verder gaat, is nog niet duidelijk. Ik kan nog niet zeggen wanneer Saskia weer helemaal kan werken."


def test_items_whose_name_could_suggest_an_illness_stand_without_it() -> None:
    text = shared(case_core("docent-a", 1))
    place = text.index("Afspraken over het werk")
    assert text[place + 1 : place + 3] == [
        "Dit kan: anderhalf uur werken met aandacht. Dit is nodig: plan een pauze na elk lesuur.",
        "Dit kan: werk met een vast rooster. Dit is nodig: houd het rooster vast. Vraag geen inval.",
    ]
    assert not any(label in line for line in text for label in ("De aandacht erbij", "Omgaan met druk", "Leren en nadenken"))
    assert "Saskia werkt nu 8 uur per week. Saskia bouwt de uren stap voor stap op." in text
    assert any("Van 2 juni 2025 tot 16 juni 2025 was Saskia beter gemeld." in line for line in text)


def test_one_area_makes_a_short_letter_without_empty_headings() -> None:
    text = shared(one_area())
    assert "Hoeveel uur kan Joost werken?" not in text  # the message has said the hours
    assert "Afspraken over het werk" not in text
    assert "Wat gaat goed" not in text
    place = text.index("Wat kan Joost, en wat is daarvoor nodig?")
    assert text[place + 2 : place + 5] == [
        "Lang zitten of staan",
        "Dit kan: een uur achter elkaar staan of zitten.",
        "Dit is nodig: wissel elk uur staan, zitten en lopen af.",
    ]


def test_twenty_areas_are_grouped_by_heading_but_never_by_one_that_may_not_be_said() -> None:
    text = shared(twenty_areas())
    assert text.index("Communicatie") < text.index("Bewegen") < text.index("Het werk zelf")
    assert not any(heading in text for heading in ("Leren en nadenken", "Taken en eisen", "Contact met anderen"))


def test_the_fifth_letter_reads_as_well_as_the_first() -> None:
    core = case_core("magazijn-a", 1)
    late = replace(core, facts=replace(core.facts, week=60, version=5, contact=Contact.PHONE))
    text = shared(late)
    assert text[2].startswith("Op 30 maart 2026 belde ik met Joost Verkerk.")
    assert any("Dit is week 60. Het tweede jaar loopt nu." in line for line in text)
    assert compose(late, Reader.EMPLOYER).reference == "dossier D-7K3M-9QXA, versie 5"


@pytest.mark.parametrize(
    ("what", "stays"),
    [
        ("Bereid de eerstejaarsevaluatie voor.", False),
        ("Plan de evaluatie na een jaar.", False),
        ("Plan elke zes weken een evaluatie.", True),
        ("Pas het rooster aan.", True),
    ],
)
def test_a_later_duty_that_an_action_names_is_not_said_again(what: str, stays: bool) -> None:
    core = case_core("docent-a", 0)
    evaluation = FartherStep(StepKind.FIRST_YEAR_EVALUATION, date(2025, 12, 7))
    facts = replace(core.facts, farther=(*core.facts.farther, evaluation))
    text = printed(replace(core, facts=facts, actions=(replace(core.actions[0], what=what, who=Actor.PHYSICIAN),)), Reader.EMPLOYER)
    later = text[text.index("Wat komt er later?") :]
    assert any("evaluatie na een jaar" in line for line in later) is stays
    assert any("bij UWV melden" in line for line in later)


def test_a_formal_house_says_de_heer_and_mevrouw() -> None:
    core = case_core("docent-a", 1)
    formal = replace(core, facts=replace(core.facts, form_of_address=FormOfAddress.MEVROUW))
    text = shared(formal)
    assert "Wat kan mevrouw Van Rooijen, en wat is daarvoor nodig?" in text
    assert "Mevrouw Van Rooijen kan een deel van het eigen werk doen." in text
    assert sum("Saskia van Rooijen" in line for line in text) == 2  # address line and first sentence only


def test_on_paper_nothing_is_said_about_the_same_moment() -> None:
    core = case_core("magazijn-a", 1)
    paper = replace(core, facts=replace(core.facts, employee_on_paper=True))
    assert shared(paper)[1].endswith("Zij krijgen dezelfde tekst.")
    assert not any("deze site" in line for line in printed(paper))


def test_a_spoken_view_says_so() -> None:
    core = case_core("magazijn-a", 1)
    assert core.facts.view is not None
    noted = replace(core, facts=replace(core.facts, view=replace(core.facts.view, noted=True)))
    assert "Joost wil dat ook de werkgever dit leest. Joost zegt:" in shared(noted)


def test_a_statement_stands_below_the_signature_in_both_copies() -> None:
    core = case_core("magazijn-a", 1)
    remark = Remark(RemarkKind.DECLINED, "Ik kan ook 12 kilo tillen.")
    with_remark = replace(core, facts=replace(core.facts, remarks=(remark,)))
    expected = [
        "Bij deze brief",
        "Joost is het niet eens met iets in deze brief. Ik heb dat niet aangepast. Joost schrijft: “Ik kan ook 12 kilo tillen.”",
    ]
    for reader in Reader:
        text = printed(with_remark, reader)
        place = text.index("Hanneke Brouwer, bedrijfsarts, Arbodienst De Brug")
        assert text[place + 1 : place + 3] == expected


def test_the_preview_warns_of_holidays_and_of_days_gone_by() -> None:
    core = case_core("magazijn-a", 1)
    on_easter = replace(core, build_up=(replace(core.build_up[0], start=date(2026, 4, 6)),))
    assert warnings(core, date(2026, 3, 30)) == []
    assert warnings(on_easter, date(2026, 3, 30)) == ["Een begindatum in de opbouw valt op een feestdag: 6 april 2026 (Tweede paasdag)."]
    assert "De datum van een actie is al voorbij: 7 april 2026." in warnings(core, date(2026, 4, 8))


def test_a_file_name_says_nothing_about_anybody() -> None:
    assert file_name(case_core("magazijn-a", 1)) == "advies-over-werken-2026-03-30.pdf"


@pytest.mark.parametrize("usable", [Usable.NO, Usable.NOT_NOW])
def test_no_capacity_is_said_in_the_same_words_for_now_and_for_good(usable: Usable) -> None:
    core = replace(case_core("docent-a", 0), usable=usable)
    assert any(line.startswith("Saskia kan nu niet werken.") for line in shared(core))
