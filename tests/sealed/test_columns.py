"""Every column of a dossier that can hold text is sealed, or stands here with the reason why it may be read in a dump.

The columns are asked of the database itself, so that one which somebody adds by a migration is caught too.
"""

from django.apps import apps
from django.db import connection, models

from dossiers.sealed import SealedField

TABLES = ("dossiers_", "consent_")
TEXT_LIKE = ("text", "character varying", "character", "json", "jsonb", "ARRAY", "bytea", "xml", "USER-DEFINED", "tsvector", "hstore")

# Coded answers of the instrument: the database checks them, lists are counted by them (issue 5: "coded answers … stay in clear").
ANSWERS = """
    assessment.contact workfactorfinding.item workfactorfinding.influence areafinding.item areafinding.status areafinding.limit_unit
    areafinding.limit_per contextfinding.item contextfinding.influence possibilities.usable possibilities.own_work possibilities.work_related
    possibilities.relationship_state buildupstep.kind prognosis.course prognosis.certainty advice.goal adviceaction.who adviceaction.about
    consultationnote.with_role consultationnote.item jobdemand.item reportdemand.item reportdemand.fit insuranceopinion.item
    insuranceopinion.agreement labourreport.own_work labourreport.second_track
"""
# Words of closed lists in the code: states, kinds, roles, parts, versions of a wording.
CODES = """
    dossier.salutation dossier.contract absenceproposal.kind absenceproposal.state assessment.status assessment.instrument_key
    assessment.instrument_version sectiondraft.section thread.part thread.item thread.asker_role thread.addressee_role thread.reason
    thread.trigger thread.state post.kind post.role contactrequest.state lettercopy.reader lettercopy.state outbox.kind
    notice.reason notice.state labourreport.status labourreport.pdf_state reportremark.state insurancereport.status correction.section
    correction.state documentrequest.document documentrequest.state trailline.event_code trailline.action trailline.checks
    trailline.actor_role trailline.responsible_role trailline.object_type trailline.parts trailline.policy_version trailline.sentence
    trailline.source_id employeeview.written_by versionview.written_by switch.part seat.role seat.kind share.role share.moment sharepart.part
    answer.state answer.wording answer.channel paperanswer.parts paperanswer.wording sharenote.kind handoverquestion.state
    handoveranswer.state handoveranswer.wording
"""
# Ids, hashes and names of files: they say nothing by themselves. Hashes of a text are HMACs, so it cannot be guessed from them.
IDS = """
    dossier.number dossier.case_key dossier.wrapped_key assessment.instrument_hash assessment.previous_hash assessment.hash
    assessment.plan_hash letter.core_hash lettercopy.stored_as lettercopy.sha256 outbox.dedupe_key notice.object_id notice.message_id
    labourreport.core_hash labourreport.stored_as labourreport.sha256 insurancereport.hash trailline.object_id trailline.session_hash
    trailline.previous_hash trailline.hash
"""
# Who somebody is and what work somebody does: lists are searched and ordered by them, and letters go there. Not about health.
NAMES = """
    dossier.employee_name dossier.job_title seat.name seat.function share.name share.organisation_name labourreport.author_name
    labourreport.author_organisation insurancereport.author_name insurancereport.author_organisation handoverquestion.name
    handoverquestion.organisation_name handoverquestion.address notice.address
"""


def may_be_read() -> set[str]:
    return {name for group in (ANSWERS, CODES, IDS, NAMES) for name in group.split()}


def sealed_columns() -> dict[str, type[models.Model]]:
    """`model.column` → its model, of everything that is sealed."""
    return {
        f"{model._meta.model_name}.{field.column}": model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    }


def text_columns() -> set[str]:
    """`model.column` of everything in the database that can hold text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = ANY(%s)", [list(TEXT_LIKE)]
        )
        found = cursor.fetchall()
    return {f"{table.split('_', 1)[1]}.{column}" for table, column in found if table.startswith(TABLES)}


def test_every_text_of_a_dossier_is_sealed_or_has_its_reason(db: None) -> None:
    found = text_columns()
    assert len(found) > 120
    unexplained = found - set(sealed_columns()) - may_be_read()
    assert not unexplained, unexplained


def test_the_reasons_name_columns_that_exist_and_are_not_sealed(db: None) -> None:
    gone = may_be_read() - text_columns()
    assert not gone, gone
    assert not may_be_read() & set(sealed_columns())


def test_every_sealed_column_is_bytes_in_the_database(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'")
        bytes_columns = {f"{table.split('_', 1)[1]}.{column}" for table, column in cursor.fetchall() if table.startswith(TABLES)}
    assert bytes_columns == set(sealed_columns())
    assert len(bytes_columns) > 50


def test_what_is_in_clear_has_room_for_a_code_only(db: None) -> None:
    """A story does not fit in a column for a code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name, character_maximum_length FROM information_schema.columns WHERE table_schema = 'public'")
        longest = {f"{table.split('_', 1)[1]}.{column}": length for table, column, length in cursor.fetchall() if table.startswith(TABLES)}
    for name in f"{ANSWERS} {CODES}".split():
        if longest[name] is not None:
            assert longest[name] <= 40, name
