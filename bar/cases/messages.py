"""What only a case file can get wrong, in sentences. Rules of the screens keep their own sentences, where they stand.

`docs/case-rules.md` lists these and those; a test holds the two together. Words in braces are filled in.
"""

from enum import StrEnum
from typing import NamedTuple


class Message(StrEnum):
    """The sentences of the case file itself."""

    # the file
    UNREADABLE = "Dit bestand kan niet worden gelezen."
    FORMAT = "Dit is geen dossierbestand van de soort bar-case/1."
    PARTIAL = "Dit is een deel van een dossier. Alleen een heel dossier kan worden ingelezen."
    NOBODY = "Zeg met --as welke bedrijfsarts dit inleest, of kies --training."
    KEY = "Gebruik 1 tot 60 kleine letters, cijfers en streepjes."
    KEY_TWICE = "Een dossier met deze sleutel is al ingelezen."
    INSTRUMENT = "Deze vragenlijst bestaat niet, of is niet meer voor nieuwe bezoeken."
    # shape
    MISSING = "Dit veld ontbreekt."
    UNKNOWN = "Dit veld bestaat niet."
    TABLE = "Hier moet een object met velden staan."
    LIST = "Hier moet een lijst staan."
    TEXT = "Hier moet tekst staan."
    EMPTY = "Dit mag niet leeg zijn."
    ONE_LINE = "Deze tekst moet op één regel staan."
    TOO_LONG = "Deze tekst is te lang. Gebruik hooguit {most} tekens."
    TOO_MANY = "Er zijn te veel regels. Laat er hooguit {most} staan."
    DATE_SHAPE = "Hier moet een datum staan als jjjj-mm-dd, bijvoorbeeld 2026-02-16."
    DATE = "Deze datum bestaat niet."
    CHOICE = "Dit antwoord bestaat niet."
    NUMBER = "Hier moet een getal staan, met hooguit twee cijfers achter de komma."
    # people
    EMAIL = "Dit is geen goed e-mailadres."
    BIG = "Een BIG-nummer heeft 11 cijfers."
    SAME_PERSON = "Deze persoon staat al ergens anders in dit dossier. Iedereen heeft één rol."
    ONE_EMPLOYER = "Alle mensen van de werkgever horen bij dezelfde organisatie."
    NO_EMPLOYER = "Noem ten minste één persoon van de werkgever."
    KNOWN_OTHERWISE = "Dit e-mailadres is al bekend, met een andere naam of organisatie."
    KNOWN_BIG = "Bij deze bedrijfsarts hoort een ander BIG-nummer."
    KNOWN_PROFESSION = "Dit e-mailadres is al bekend, met een ander beroep."
    NOT_ACTIVE = "Dit account is niet meer actief."
    NOT_THE_IMPORTER = "U leest dit in als een andere bedrijfsarts dan in dit bestand staat."
    # dates
    AGE = "Deze geboortedatum past niet bij iemand die werkt. Kijk de datum na."
    FUTURE = "Deze dag moet nog komen."
    BEFORE_ABSENCE = "Deze dag ligt voor de eerste ziektedag."
    VISIT_ORDER = "Dit bezoek ligt voor het vorige. Zet de bezoeken op volgorde van datum."
    ONLY_LAST_OPEN = "Alleen het laatste bezoek mag nog concept of aangeboden zijn."
    # shares
    NOT_AMONG_PEOPLE = "Deze persoon staat niet bij ‘people’."
    PART_TWICE = "Dit onderdeel staat er twee keer."
    NOT_SHARED = "Dit onderdeel wordt hier niet gedeeld."
    WITHOUT_PROCESS = "Een ja tegen een onderdeel kan niet zonder een ja tegen ‘process’."
    NO_ANSWER_DAY = "Vul in op welke dag de werknemer antwoordde."
    NO_ANSWER_YET = "Er is nog geen antwoord. Laat deze dag leeg."
    ANSWER_TOO_EARLY = "De werknemer antwoordde voordat er iets was gevraagd."
    ANSWER_TOO_LATE = "De werknemer antwoordde na de laatste dag."
    NO_WITHDRAWAL_DAY = "Vul in op welke dag de werknemer de toestemming introk."
    NOT_WITHDRAWN = "Er is niets ingetrokken. Laat dit veld weg."
    WITHDRAWN_TOO_EARLY = "De toestemming is ingetrokken voordat er een antwoord was."


class Problem(NamedTuple):
    """What is wrong, and where in the file."""

    path: str
    message: str


class CaseRefused(Exception):
    """A file that is not taken in, with everything that was found wrong. Nothing of it is stored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems
