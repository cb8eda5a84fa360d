"""H8: every command of the product is one that was looked at: it reads a dossier and leaves a line, or its reason to leave none stands here."""

from pathlib import Path

from django.core.management import get_commands

from tests.trail import test_list_h

OURS = {"bar", "consent", "dossiers", "instrument"}
# Their lines are looked at one by one in tests/trail/test_list_h.py (H8).
READ = {"explain_access", "export_case", "verify_trail"}
# It writes a dossier through the product's own actions, and those leave the lines: tests/case_files.
WRITE = {"import_case"}
# What leaves no line shows nothing of a dossier on screen.
NO_LINE = {
    "add_administrator": "makes an account",
    "add_physician": "makes an account",
    "add_provider": "makes a way to sign in",
    "backup": "copies the database and the letters as they are sealed, and seals them again",
    "demo": "invented people only",
    "drill": "invented people only",
    "migrate": "changes tables",
    "note_bounce": "takes the number of a mail that came back",
    "restore": "puts a backup into an empty database; the trail comes along",
    "restore_drill": "puts a backup into a database that it throws away",
    "rotate_keys": "wraps keys anew and opens no text",
    "sign_out": "ends sessions",
}


def test_h8_every_command_is_known_to_leave_a_line_or_has_its_reason() -> None:
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert ours == READ | WRITE | set(NO_LINE)
    assert not READ & set(NO_LINE)
    tried = Path(test_list_h.__file__).read_text("utf-8")
    assert all(f'"{name}": (' in tried for name in READ), "each of these is called there"
