"""The guards of what was written: nothing overwritten unseen or doubled, nothing that was closed opened again, no change of the past unnoticed."""

from tests.mutants.guard import Guard

CHAINS = "dossiers/rules/chains.py"

GUARDS = (
    Guard(
        "a stale save overwrites nothing",
        "dossiers/actions/versions.py",
        "    if draft.version != seen:",
        "    if False:",
        ("tests/filling/test_saving.py::test_a_stale_save_stores_nothing_and_carries_the_other_text",),
    ),
    Guard(
        "a form that is sent twice has one effect",
        "consent/sent_once.py",
        '    if not cache.add(key, "", KEPT):',
        "    if False:",
        ("tests/faults/test_once.py::test_f3_a_form_that_is_sent_twice_has_one_effect",),
    ),
    Guard(
        "a restore closes again what was closed",
        "bar/backup/restore.py",
        "    return replay(told.entries, since=since)",
        "    return replay((), since=since)",
        ("tests/backup/test_ledger.py::test_b10_a_restore_brings_back_no_withdrawn_consent",),
    ),
    Guard(
        "a closing is in the ledger before it is committed",
        "dossiers/ledger.py",
        "    _write(_told(entry))\n    transaction.on_commit(",
        "    transaction.on_commit(",
        ("tests/backup/test_ledger.py::test_a_closing_stands_in_the_ledger_before_it_is_committed",),
    ),
    Guard(
        "a chain is held against its checkpoints",
        CHAINS,
        "        if of_chain and seq in of_chain and of_chain[seq] != stored:",
        "        if False:",
        ("tests/tamper/test_tampering.py::test_h2_every_change_behind_the_back_of_the_product_is_found",),
    ),
    Guard(
        "a tail that was cut is missed",
        CHAINS,
        "    if marks and max(marks) > last:",
        "    if False:",
        ("tests/tamper/test_tampering.py::test_h2_every_change_behind_the_back_of_the_product_is_found",),
    ),
    Guard(
        "a line of the checkpoints has our signature",
        "dossiers/checkpoints.py",
        "        if not _is_ours(told):",
        "        if False:",
        ("tests/tamper/test_checkpoints.py::test_what_is_done_to_the_file_is_found",),
    ),
    Guard(
        "a drill counts the rows",
        "bar/backup/checks.py",
        "            if here.get(name) != self.manifest.tables.get(name):",
        "            if False:",
        ("tests/backup/test_backup.py::test_a_drill_finds_what_is_wrong",),
    ),
    Guard(
        "who guesses numbers is slowed down",
        "bar/guesses.py",
        "        if not wait:\n",
        "        if True:\n",
        ("tests/attacks/test_a_guessing.py::test_a6_counting_up_numbers_hits_nothing_and_is_slowed_down_and_told",),
    ),
    Guard(
        "a prepared question takes no None",
        "dossiers/compiled.py",
        "        if None in values.values():",
        "        if False:",
        ("tests/compiled/test_compiled.py::test_nothing_equals_null_so_none_is_refused",),
    ),
)
