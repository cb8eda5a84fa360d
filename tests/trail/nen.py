"""What every line must hold: the mandatory fields of NEN 7513:2018, chapter 7, and those that are mandatory here."""

from dossiers import trail
from dossiers.models import TrailLine

PROCESSES = {"worker", "clock", "command"}  # what acts where nobody is signed in


def incomplete(line: TrailLine) -> list[str]:
    """The fields of this line that are not as they must be, by their paragraph."""
    in_dossier = line.chain != trail.GENERAL
    must = {
        "7.2.1 event": line.event_code in set(trail.Event),
        "7.2.2 action": line.action in set("CRUDE"),
        "7.2.3 time": line.occurred_at.utcoffset() is not None,
        "7.2.5 result": line.outcome in {1, 2, 3},
        "7.2.6 checks": len(line.checks) == 4 and set(line.checks) <= {"T", "F"},
        "7.3.1 user": line.actor_id is not None or line.actor_role in PROCESSES or line.object_type in {"session", "password", "mail"},
        "7.3.4 role": bool(line.actor_role) or not in_dossier,  # outside a dossier somebody has none
        "7.3.6 responsible": line.responsible_id == line.actor_id or line.actor_role in PROCESSES,
        "7.4.1 object": bool(line.object_type),
        "7.4.3 client": line.subject_id is not None or not in_dossier,
        "7.4.6 protocol": bool(line.policy_version),
        "7.4.7 relation": line.relation_id is not None or not in_dossier or line.actor_role in PROCESSES,
        "7.5.2 source": bool(line.source_id),
        "chain": line.seq >= 1 and len(line.previous_hash) == len(line.hash) == 64,
    }
    return [name for name, is_right in must.items() if not is_right]
