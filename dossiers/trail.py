"""Writing the trail: a hash chain per dossier and one for the rest.

Visit lines commit before the page; act lines are written last in the business transaction, so that the lock on a chain is held briefly.
Only ids, parts and verdicts. If a line cannot be written, nobody enters.
"""

import datetime
import functools
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dossiers.compiled import compiled
from dossiers.door import Opened, Touch
from dossiers.models import TrailLine
from dossiers.parts import Act, Labelled, Part, Role
from dossiers.rules.chains import GENESIS
from dossiers.sealed import canonical

GENERAL = uuid.UUID(int=0)  # the chain for everything that is not inside an opened dossier
POLICY = "access-1"  # 7.4.6: the version of docs/access.md that was applied; changes when the table changes
COMMAND = "command"  # the actor role of somebody at the command line of the server

P = ParamSpec("P")
R = TypeVar("R")


class Event(Labelled):
    """The closed list of events (NEN 7513 7.2.1), with the plain words of "Wie heeft gekeken"."""

    VISIT = "visit", "heeft gekeken"
    REFUSED = "refused", "wilde kijken, maar mocht niet"
    SIGN_IN = "sign_in", "is ingelogd"
    SIGN_IN_FAILED = "sign_in_failed", "kon niet inloggen"
    SIGN_OUT = "sign_out", "is uitgelogd"
    LIST = "list", "heeft de eigen lijst bekeken"
    OPEN_DOSSIER = "open_dossier", "heeft het dossier gemaakt"
    CHANGE_PROCESS = "change_process", "heeft gegevens over het werk of de ziektedagen veranderd"
    PROPOSE_DAYS = "propose_days", "heeft een verandering van de ziektedagen gemeld"
    CONFIRM_DAYS = "confirm_days", "heeft over de ziektedagen beslist"
    CHANGE_JOB = "change_job", "heeft de beschrijving van het werk veranderd"
    START_VERSION = "start_version", "is begonnen met een nieuwe versie"
    SAVE_SECTION = "save_section", "heeft in een concept geschreven"
    COPY_PREVIOUS = "copy_previous", "heeft de vorige versie overgenomen"
    DISCARD_VERSION = "discard_version", "heeft een concept weggegooid"
    PREVIEW = "preview", "heeft een voorbeeld van de brieven bekeken"
    OFFER = "offer", "heeft de nieuwe versie aan de werknemer laten lezen"
    RETURN_TO_DRAFT = "return_to_draft", "heeft een aangeboden versie teruggenomen om aan te passen"
    FINALISE = "finalise", "heeft een versie vastgesteld"
    MEDICAL_CHECK = "medical_check", "heeft gecontroleerd op medische gegevens"
    RELEASE = "release", "heeft de brieven klaargezet"
    RENDER = "render", "heeft een brief gemaakt"
    RETRY = "retry", "heeft een brief opnieuw laten maken"
    DOWNLOAD = "download", "heeft een brief gedownload"
    WITHDRAW_LETTER = "withdraw_letter", "heeft een brief ingetrokken"
    LETTER_ON_PAPER = "letter_on_paper", "heeft een brief op papier gegeven of gepost"
    UNDO_ON_PAPER = "undo_on_paper", "heeft verbeterd hoe een brief op papier is gegeven"
    REMIND = "remind", "heeft herinnerd aan iets dat wacht"
    ASK_CORRECTION = "ask_correction", "heeft om een correctie gevraagd"
    ANSWER_CORRECTION = "answer_correction", "heeft op een correctie geantwoord"
    WRITE_VIEW = "write_view", "heeft de eigen woorden opgeschreven"
    SWITCH = "switch", "heeft delen met de werkgever aan- of uitgezet"
    SEAT = "seat", "heeft iemand een plaats in het dossier gegeven"
    END_SEAT = "end_seat", "heeft een plaats in het dossier beëindigd"
    SHARE = "share", "heeft delen voorgesteld"
    PREVIEW_SHARE = "preview_share", "heeft bekeken wat iemand zou zien als de werknemer ja zegt"
    ANSWER = "answer", "heeft op een vraag om toestemming geantwoord"
    WITHDRAW = "withdraw", "heeft toestemming ingetrokken"
    STOP = "stop", "heeft het delen gestopt"
    NOTE_ON_SHARE = "note_on_share", "heeft nog niet op een vraag om toestemming geantwoord"
    RECORD_PAPER = "record_paper", "heeft een antwoord op papier of per telefoon opgeschreven"
    CONFIRM_PAPER = "confirm_paper", "heeft een ja op papier bevestigd"
    CANCEL_PAPER = "cancel_paper", "heeft een ja op papier weer weggehaald"
    ASK_QUESTION = "ask_question", "heeft een vraag gesteld aan een andere deskundige"
    ANSWER_QUESTION = "answer_question", "heeft een vraag van een andere deskundige beantwoord"
    ADD_TO_QUESTION = "add_to_question", "heeft iets aan een vraag tussen deskundigen toegevoegd"
    CLOSE_QUESTION = "close_question", "heeft een vraag tussen deskundigen afgesloten"
    TAKE_OVER_ANSWER = "take_over_answer", "heeft een antwoord overgenomen in een nieuwe versie"
    START_REPORT = "start_report", "is begonnen met een rapport"
    SAVE_REPORT = "save_report", "heeft in een conceptrapport geschreven"
    DISCARD_REPORT = "discard_report", "heeft een conceptrapport weggegooid"
    OFFER_REPORT = "offer_report", "heeft een rapport aan de werknemer laten lezen"
    REPORT_TO_DRAFT = "report_to_draft", "heeft een aangeboden rapport teruggenomen om aan te passen"
    ASK_REPORT_CORRECTION = "ask_report_correction", "heeft gezegd wat niet klopt in een rapport"
    ANSWER_REPORT_CORRECTION = "answer_report_correction", "heeft geantwoord op wat niet klopt in een rapport"
    FINALISE_REPORT = "finalise_report", "heeft een rapport vastgesteld"
    RELEASE_REPORT = "release_report", "heeft een rapport klaargezet"
    DOWNLOAD_REPORT = "download_report", "heeft een rapport gedownload"
    RENDER_REPORT = "render_report", "heeft een rapport gemaakt"
    RETRY_REPORT = "retry_report", "heeft een rapport opnieuw laten maken"
    ASK_REQUEST = "ask_request", "heeft gezegd dat iets niet klopt"
    ANSWER_REQUEST = "answer_request", "heeft geantwoord op wat niet klopt"
    ATTACH_STATEMENT = "attach_statement", "heeft een eigen verklaring toegevoegd"
    DOWNLOAD_DOSSIER = "download_dossier", "heeft het eigen dossier gedownload"
    EXPORT_TRAIL = "export_trail", "heeft de lijst van wie heeft gekeken gedownload"
    INVITE = "invite", "heeft iemand uitgenodigd"
    ACCEPT_INVITATION = "accept_invitation", "heeft een uitnodiging aangenomen"
    MISUSE_INVITATION = "misuse_invitation", "opende een uitnodiging voor iemand anders"
    BOUNCE = "bounce", "kreeg mail terug die niet aankwam"
    NOTICE = "notice", "heeft bericht gestuurd"
    CHANGE_FACTOR = "change_factor", "heeft de tweede stap van het inloggen veranderd"
    CHANGE_PASSWORD = "change_password", "heeft het wachtwoord veranderd"
    CHANGE_ACCOUNT = "change_account", "heeft de eigen gegevens veranderd"
    END_SESSION = "end_session", "heeft een apparaat uitgelogd"
    PROVE_AGAIN = "prove_again", "heeft opnieuw laten zien wie het is"
    LINK_IDENTITY = "link_identity", "heeft inloggen via een organisatie gekoppeld"
    ASK_RESET = "ask_reset", "heeft een herstel van het account gevraagd"
    CONFIRM_RESET = "confirm_reset", "heeft een herstel van het account bevestigd"
    CANCEL_RESET = "cancel_reset", "heeft een herstel van het account gestopt"
    DO_RESET = "do_reset", "heeft een account hersteld"
    MANAGE_PEOPLE = "manage_people", "heeft mensen van een organisatie veranderd"
    APPOINT = "appoint", "heeft een taakgedelegeerde aangewezen"
    COVER = "cover", "heeft een waarnemer aangewezen"
    HAND_OVER = "hand_over", "heeft het dossier overgedragen"
    ASK_HAND_OVER = "ask_hand_over", "heeft een andere arbodienst gevraagd het dossier over te nemen"
    STOP_HAND_OVER = "stop_hand_over", "heeft een verzoek om het dossier over te nemen gestopt"
    ANSWER_HAND_OVER = "answer_hand_over", "heeft geantwoord over het lezen van eerdere stukken"
    CHANGE_CONTACT = "change_contact", "heeft een contactpersoon van de werkgever veranderd"
    ASK_CONTACT = "ask_contact", "heeft om een andere contactpersoon gevraagd"
    ANSWER_CONTACT = "answer_contact", "heeft geantwoord over een andere contactpersoon"
    CHANGE_POSTAL_ADDRESS = "change_postal_address", "heeft het postadres veranderd"
    PRINT = "print", "heeft brieven klaargezet om te printen"
    IMPORT = "import", "heeft een dossier ingelezen"
    EXPORT = "export", "heeft een kopie van het dossier gemaakt"
    CHECKPOINT = "checkpoint", "heeft buiten de database vastgelegd hoe ver dit logboek was"
    VERIFY_TRAIL = "verify_trail", "heeft gecontroleerd of dit logboek nog heel is"
    SEAL_BROKEN = "seal_broken", "kon iets uit het dossier niet openen"
    ROTATE_KEYS = "rotate_keys", "heeft de sleutels van de opslag vernieuwd"
    BACKUP = "backup", "heeft een reservekopie gemaakt"
    RESTORE = "restore", "heeft een reservekopie teruggezet"
    CLOSE_AGAIN = "close_again", "heeft na het terugzetten van een reservekopie opnieuw gestopt wat al gestopt was"


ACTION = {
    Event.VISIT: "R",
    Event.REFUSED: "R",
    Event.LIST: "R",
    Event.PREVIEW: "R",
    Event.PREVIEW_SHARE: "R",
    Event.DOWNLOAD: "R",
    Event.EXPORT: "R",
    Event.SEAL_BROKEN: "R",
    Event.ROTATE_KEYS: "E",
    Event.BACKUP: "R",
    Event.RESTORE: "E",
    Event.RENDER: "E",
    Event.REMIND: "E",
    Event.SIGN_IN: "E",
    Event.SIGN_IN_FAILED: "E",
    Event.SIGN_OUT: "E",
    Event.DISCARD_VERSION: "D",
    Event.DISCARD_REPORT: "D",
    Event.DOWNLOAD_REPORT: "R",
    Event.DOWNLOAD_DOSSIER: "R",
    Event.EXPORT_TRAIL: "R",
    Event.START_REPORT: "C",
    Event.ASK_QUESTION: "C",
    Event.ASK_REQUEST: "C",
    Event.RELEASE_REPORT: "E",
    Event.RENDER_REPORT: "E",
    Event.OPEN_DOSSIER: "C",
    Event.START_VERSION: "C",
    Event.IMPORT: "C",
    Event.SHARE: "C",
    Event.SEAT: "C",
    Event.INVITE: "C",
    Event.PRINT: "R",
    Event.NOTICE: "E",
    Event.PROVE_AGAIN: "E",
    Event.END_SESSION: "E",
    Event.CHECKPOINT: "E",
    Event.VERIFY_TRAIL: "R",
}


class Outcome:
    """NEN 7513 7.2.5."""

    SUCCESS = 1
    REFUSED = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: address, request id, a hash of the session key. All empty for commands and the clock."""

    address: str | None = None
    request_id: uuid.UUID | None = None
    session_hash: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One event to be written; what the columns of `TrailLine` mean is told there."""

    event: Event
    outcome: int = Outcome.SUCCESS
    checks: str = "TTTF"
    actor_id: uuid.UUID | None = None
    actor_role: str = ""
    responsible_id: uuid.UUID | None = None
    responsible_role: str = ""
    object_type: str = ""
    object_id: str = ""
    dossier_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    parts: tuple[str, ...] = ()
    relation_id: uuid.UUID | None = None
    consent_id: uuid.UUID | None = None
    sentence: str = ""
    origin: Origin = field(default_factory=Origin)


def reminder(dossier: Any, part: Part, *, object_type: str, object_id: uuid.UUID) -> Line:
    """The clock reminded somebody of something; the physician of the dossier answers for that."""
    return Line(
        Event.REMIND,
        actor_role="worker",
        responsible_id=dossier.physician_id,
        responsible_role=Role.PHYSICIAN.value,
        object_type=object_type,
        object_id=str(object_id),
        dossier_id=dossier.pk,
        parts=(part.value,),
    )


class Notebook:
    """The acts of one opening, written as trail lines when its transaction ends."""

    def __init__(self, template: Line, *, folded: bool = False) -> None:
        self.template = template
        self.folded = folded  # autosave: an act that stands in this quarter of an hour already is not written again
        self.lines: list[Line] = []

    def note(self, event: Event, part: Part, *, object_type: str = "dossier", object_id: object = "", parts: Iterable[Part] = ()) -> None:
        """Note one act on a part. Ids only."""
        seen = tuple(sorted({part.value, *(extra.value for extra in parts)}))
        self.lines.append(replace(self.template, event=event, object_type=object_type, object_id=str(object_id), parts=seen))

    def write(self) -> None:
        """Write what was noted. Called last in the business transaction."""
        for line in self.lines:
            if not (self.folded and seen_this_quarter(line, now=timezone.now())):
                append(line)
        self.lines.clear()


class NoLine(OperationalError):
    """A line cannot be written, so nobody enters and nothing happens: 503, like a database that is away."""


def append(line: Line, *, chain: uuid.UUID | None = None) -> TrailLine:
    """Append one line to its chain, under the chain's lock, with the database's clock. Must run inside a transaction. Raises `NoLine`."""
    try:
        return _append(line, chain or line.dossier_id or GENERAL)
    except OperationalError:
        raise
    except (DatabaseError, ValueError) as error:  # no right, too long, a character that the database does not take
        raise NoLine("a line of the trail cannot be written") from error


def _append(line: Line, chain: uuid.UUID) -> TrailLine:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7513))", [str(chain)])
        cursor.execute(
            "SELECT clock_timestamp(), host(%s::inet), last.seq, last.hash FROM (SELECT 1) AS one LEFT JOIN LATERAL end_of_chain(%s) AS last ON true",
            [(line.origin.address or "").partition("%")[0] or None, chain],
        )
        now, address, seq, previous = cursor.fetchone()  # the address as the database writes it: the hash is of what is stored
    row = TrailLine(
        chain=chain,
        seq=(seq or 0) + 1,
        occurred_at=now,
        event_code=line.event.value,
        action=ACTION.get(line.event, "U"),
        outcome=line.outcome,
        checks=line.checks,
        actor_id=line.actor_id,
        actor_role=line.actor_role,
        is_initiator=True,
        responsible_id=line.responsible_id or line.actor_id,
        responsible_role=line.responsible_role or line.actor_role,
        access_point=address,
        object_type=line.object_type,
        object_id=line.object_id,
        dossier_id=line.dossier_id,
        subject_id=line.subject_id,
        parts=list(line.parts),
        policy_version=POLICY,
        relation_id=line.relation_id,
        consent_id=line.consent_id,
        sentence=line.sentence,
        request_id=line.origin.request_id,
        session_hash=line.origin.session_hash,
        previous_hash=previous or GENESIS,
    )
    row.hash = line_hash(row)
    row.save(force_insert=True)
    return row


def line_hash(row: TrailLine) -> str:
    """SHA-256 over every column but the hash itself; the previous hash is one of them."""
    values = {column.attname: getattr(row, column.attname) for column in TrailLine._meta.concrete_fields if column.attname != "hash"}
    return hash_of({name: _plain(value) for name, value in values.items()})


def hash_of(values: Mapping[str, object]) -> str:
    """The hash of a line from its columns as plain values: texts, numbers, booleans, lists of texts."""
    return hashlib.sha256(canonical(values)).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, bool | int | list) else str(value)


def write_now(line: Line, *, chain: uuid.UUID | None = None) -> None:
    """Append one line in its own short transaction."""
    with transaction.atomic():
        append(line, chain=chain)


def seen_this_quarter(line: Line, *, now: datetime.datetime) -> bool:
    """Whether the same line about this person, part and object already stands in the running quarter of an hour."""
    start = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    return bool(
        _same_lines(
            dossier_id=line.dossier_id,
            actor_id=line.actor_id,
            event_code=line.event.value,
            object_id=line.object_id,
            parts=list(line.parts),
            start=start,
        )
    )


@compiled
def _same_lines(
    *, dossier_id: uuid.UUID | None, actor_id: uuid.UUID | None, event_code: str, object_id: str, parts: list[str], start: datetime.datetime
) -> QuerySet[TrailLine, Any]:
    same = TrailLine.objects.filter(dossier_id=dossier_id, actor_id=actor_id, event_code=event_code, object_id=object_id, parts=parts)
    return same.filter(occurred_at__gte=start).values_list("pk")[:1]


class NoTrace(RuntimeError):
    """An action returned without having noted what it did: a programming mistake."""


def action(needs_part: Part, needs_act: Act) -> Callable[[Callable[Concatenate[Opened, P], R]], Callable[Concatenate[Opened, P], R]]:
    """An action on an opened dossier: requires the touch, runs in a savepoint, and must note what it did."""

    def wrap(function: Callable[Concatenate[Opened, P], R]) -> Callable[Concatenate[Opened, P], R]:
        @functools.wraps(function)
        def run(opened: Opened, *args: P.args, **kwargs: P.kwargs) -> R:
            opened.require(needs_part, needs_act)
            before = len(opened.trail.lines)
            try:
                with transaction.atomic():
                    result = function(opened, *args, **kwargs)
            except BaseException:
                del opened.trail.lines[before:]  # what was rolled back did not happen
                raise
            if len(opened.trail.lines) == before:
                raise NoTrace(f"{function.__module__}.{function.__name__} left no trail line")
            return result

        run.needs = Touch(needs_part, needs_act)  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[Opened, P], R]", run)

    return wrap


def trail_of(dossier_id: uuid.UUID, *, since: datetime.datetime | None = None) -> Any:
    """Every line about one dossier, newest first: its own chain, and strangers' visits in the general one. `since`: only from then on."""
    rows = TrailLine.objects.filter(dossier_id=dossier_id)
    return (rows if since is None else rows.filter(occurred_at__gte=since)).order_by("-occurred_at", "-seq")
