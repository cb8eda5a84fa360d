"""What may not change is held by the database: posts, what a version refers to, and final reports with all their rows."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION refuse_change_of_final_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made text[] := ARRAY['pdf_state', 'stored_as', 'sha256', 'size', 'rendered_at', 'attempts', 'released_at'];
BEGIN
    IF OLD.status = 'final' AND (TG_OP = 'DELETE' OR (to_jsonb(NEW) - made) IS DISTINCT FROM (to_jsonb(OLD) - made)
        OR (to_jsonb(OLD) ->> 'released_at' IS NOT NULL AND to_jsonb(NEW) ->> 'released_at' IS DISTINCT FROM to_jsonb(OLD) ->> 'released_at')) THEN
        RAISE EXCEPTION 'a final report is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION refuse_change_inside_final_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now jsonb := to_jsonb(COALESCE(NEW, OLD));
    row_old jsonb := to_jsonb(COALESCE(OLD, NEW));
    is_final boolean;
BEGIN
    IF TG_TABLE_NAME = 'dossiers_reportdemand' THEN
        SELECT bool_or(report.status = 'final') INTO is_final FROM dossiers_labourreport report
        JOIN dossiers_reportfunction part ON part.report_id = report.id
        WHERE part.id IN ((row_now ->> 'function_id')::uuid, (row_old ->> 'function_id')::uuid);
    ELSIF TG_TABLE_NAME = 'dossiers_reportfunction' THEN
        SELECT bool_or(status = 'final') INTO is_final FROM dossiers_labourreport
        WHERE id IN ((row_now ->> 'report_id')::uuid, (row_old ->> 'report_id')::uuid);
    ELSE
        SELECT bool_or(status = 'final') INTO is_final FROM dossiers_insurancereport
        WHERE id IN ((row_now ->> 'report_id')::uuid, (row_old ->> 'report_id')::uuid);
    END IF;
    IF is_final THEN
        RAISE EXCEPTION 'rows of a final report are never added, changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
UNDO = "DROP FUNCTION refuse_change_inside_final_report(); DROP FUNCTION refuse_change_of_final_report();"
TRIGGERS = (
    ("post_is_append_only", "UPDATE OR DELETE", "post", "refuse_change"),
    ("final_is_final", "INSERT OR UPDATE OR DELETE", "threaduse", "refuse_change_inside_final_version"),
    ("final_report_is_final", "UPDATE OR DELETE", "labourreport", "refuse_change_of_final_report"),
    ("final_report_is_final", "UPDATE OR DELETE", "insurancereport", "refuse_change_of_final_report"),
    ("final_report_is_final", "INSERT OR UPDATE OR DELETE", "reportfunction", "refuse_change_inside_final_report"),
    ("final_report_is_final", "INSERT OR UPDATE OR DELETE", "reportdemand", "refuse_change_inside_final_report"),
    ("final_report_is_final", "INSERT OR UPDATE OR DELETE", "insuranceopinion", "refuse_change_inside_final_report"),
)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0004_questions_and_reports")]

    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {when} ON dossiers_{table} FOR EACH ROW EXECUTE FUNCTION {function}();",
                f"DROP TRIGGER {name} ON dossiers_{table};",
            )
            for name, when, table, function in TRIGGERS
        ),
    ]
