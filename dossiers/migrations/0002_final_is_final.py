"""What may not change is held by the database: final versions with all their rows, letters' cores, the trail, switches."""

from django.db import migrations

ROWS = [
    "workfactorfinding",
    "areafinding",
    "contextfinding",
    "possibilities",
    "buildupstep",
    "prognosis",
    "advice",
    "adviceaction",
    "consultationnote",
    "versionview",
    "sectiondraft",
]

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION refuse_change_of_final_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'final' THEN
        RAISE EXCEPTION 'a final version is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION refuse_change_inside_final_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_final boolean;
BEGIN
    SELECT bool_or(status = 'final') INTO is_final FROM dossiers_assessment
    WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.assessment_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.assessment_id END);
    IF is_final THEN
        RAISE EXCEPTION 'rows of a final version are never added, changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION refuse_change_of_core() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.core, NEW.core_hash, NEW.assessment_id, NEW.dossier_id, NEW.day, NEW.made_at)
        IS DISTINCT FROM (OLD.core, OLD.core_hash, OLD.assessment_id, OLD.dossier_id, OLD.day, OLD.made_at)
        OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
        OR (OLD.released_at IS NOT NULL AND NEW.released_at IS DISTINCT FROM OLD.released_at) THEN
        RAISE EXCEPTION 'the core of a letter is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER final_is_final BEFORE UPDATE OR DELETE ON dossiers_assessment FOR EACH ROW EXECUTE FUNCTION refuse_change_of_final_version();
CREATE TRIGGER core_is_frozen BEFORE UPDATE OR DELETE ON dossiers_letter FOR EACH ROW EXECUTE FUNCTION refuse_change_of_core();
CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON dossiers_trailline FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER trail_is_not_emptied BEFORE TRUNCATE ON dossiers_trailline FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER switch_is_append_only BEFORE UPDATE OR DELETE ON dossiers_switch FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER final_is_final ON dossiers_assessment;
DROP TRIGGER core_is_frozen ON dossiers_letter;
DROP TRIGGER trail_is_append_only ON dossiers_trailline;
DROP TRIGGER trail_is_not_emptied ON dossiers_trailline;
DROP TRIGGER switch_is_append_only ON dossiers_switch;
"""

UNDO_FUNCTIONS = """
DROP FUNCTION refuse_change_inside_final_version();
DROP FUNCTION refuse_change_of_core();
DROP FUNCTION refuse_change_of_final_version();
DROP FUNCTION refuse_change();
"""


def _row_trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER final_is_final BEFORE INSERT OR UPDATE OR DELETE ON dossiers_{table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_inside_final_version();",
        f"DROP TRIGGER final_is_final ON dossiers_{table};",
    )


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_the_first_tables")]

    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO + UNDO_FUNCTIONS),
        *(_row_trigger(table) for table in ROWS),
    ]
