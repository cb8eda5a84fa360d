"""The guards of what is kept and what leaves: triggers, trail, seal, letters, the outbox, text that comes in, headers."""

from tests.mutants.guard import Guard

FINAL = "dossiers/migrations/0002_final_is_final.py"
TRAIL = "dossiers/trail.py"
SEALED = "dossiers/sealed.py"
PDF = "dossiers/pdf.py"
ENCRYPT = "    nonce = os.urandom(NONCE)\n    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to.encode())"
BETWEEN = (
    "\n\n\ndef unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:\n"
    '    """Decrypt what was sealed for this place. Raises `SealBroken`."""\n    try:\n'
)
DECRYPT = "        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())"

GUARDS = (
    Guard(
        "the trail is append-only, for the owner too",
        FINAL,
        "CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON dossiers_trailline FOR EACH ROW EXECUTE",
        "CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON dossiers_trailline FOR EACH ROW WHEN (false) EXECUTE",
        ("tests/trail/test_trail.py::test_h1_the_owner_cannot_change_or_empty_the_trail_either",),
    ),
    Guard(
        "a final version is never changed",
        FINAL,
        "CREATE TRIGGER final_is_final BEFORE UPDATE OR DELETE ON dossiers_assessment "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_final_version();\n",
        "",
        ("tests/versions/test_final_is_final.py::test_a_final_version_stands_for_the_application",),
    ),
    Guard(
        "rows of a final version are never changed",
        FINAL,
        "    IF is_final THEN",
        "    IF false THEN",
        ("tests/versions/test_final_is_final.py::test_rows_of_a_final_version_stand_for_the_application",),
    ),
    Guard(
        "an action without a trace is refused",
        TRAIL,
        "            if len(opened.trail.lines) == before:",
        "            if False:",
        ("tests/access/test_opening.py::test_an_action_without_a_trace_is_a_mistake",),
    ),
    Guard(
        "nobody enters when the line cannot be written",
        TRAIL,
        "    with transaction.atomic():\n        append(line, chain=chain)",
        "    try:\n        with transaction.atomic():\n            append(line, chain=chain)\n    except Exception:\n        pass",
        ("tests/trail/test_trail.py::test_nobody_enters_when_the_line_cannot_be_written",),
    ),
    Guard(
        "a line carries the hash of the one before",
        TRAIL,
        "        previous_hash=previous or GENESIS,",
        "        previous_hash=GENESIS,",
        ("tests/trail/test_trail.py::test_every_chain_is_numbered_and_linked",),
    ),
    Guard(
        "what is stored is sealed",
        SEALED,
        ENCRYPT + BETWEEN + DECRYPT,
        "    return bytes(NONCE) + plaintext" + BETWEEN + "        return sealed[NONCE:]",
        ("tests/sealed/test_sealed.py::test_the_database_holds_no_text_of_a_dossier",),
    ),
    Guard(
        "a ciphertext belongs to its row and column",
        SEALED,
        '        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"',
        '        return f"{instance._meta.db_table}"',
        ("tests/sealed/test_sealed.py::test_a_ciphertext_moved_to_another_row_or_column_does_not_open",),
    ),
    Guard(
        "a letter holds what the whitelist names",
        "dossiers/rules/letter_core.py",
        '    condition = row.text("condition")\n',
        '    condition = row.text("condition") or row.text("explanation")\n',
        ("tests/letters/test_whitelist.py::test_nothing_stands_in_for_a_text_of_the_letter_that_was_left_empty",),
    ),
    Guard(
        "an item to ask about stays out of the letter",
        "dossiers/rules/letter_core.py",
        'row.values.get("in_letter", wording.showing is not Showing.ASK) is not True',
        'row.values.get("in_letter", True) is not True',
        ("tests/letters/test_whitelist.py::test_an_item_to_ask_about_stays_out_until_it_is_ticked",),
    ),
    Guard(
        "a letter fetches nothing",
        PDF,
        "            self.refused = True  # an image in an SVG swallows even the fatal error\n"
        '            raise FatalURLFetchingError("not an address of a letter")',
        "            return super().fetch(url, headers)",
        ("tests/letters/test_pdf.py::test_d2_whatever_wants_to_fetch_ends_the_render",),
    ),
    Guard(
        "a render has a limit on processor time",
        PDF,
        "        (resource.RLIMIT_CPU, CPU_SECONDS),\n",
        "",
        ("tests/letters/test_pdf.py::test_d2_a_render_that_takes_too_much_processor_is_killed",),
    ),
    Guard(
        "a render has a limit on the clock",
        PDF,
        "    while (left := deadline - time.monotonic()) > 0:",
        "    while (left := deadline + 3600 - time.monotonic()) > 0:",
        ("tests/letters/test_pdf.py::test_d2_a_render_that_takes_too_much_time_is_killed",),
    ),
    Guard(
        "a letter is read after both are made",
        "dossiers/actions/letters.py",
        "is_ready = not locked.copies.exclude(state=CopyState.READY).exists()",
        "is_ready = True",
        ("tests/outbox/test_outbox.py::test_nobody_reads_a_letter_before_the_other_can",),
    ),
    Guard(
        "a spreadsheet takes no name for a formula",
        "dossiers/trail_export.py",
        'return f"\'{text}" if text.startswith(_FORMULA) else text',
        "return text",
        ("tests/clarity/test_trail_export.py::test_d6_every_beginning_of_a_formula_is_made_safe",),
    ),
    Guard(
        "no page is kept",
        "bar/headers.py",
        '            response["Cache-Control"] = NOT_KEPT',
        "            pass",
        ("tests/machine/test_headers.py::test_every_kind_of_answer_carries_the_headers",),
    ),
    Guard(
        "the same promise twice is one",
        "dossiers/outbox.py",
        'dedupe_key=f"{kind}:{object_id}:{again}"',
        'dedupe_key=f"{kind}:{uuid.uuid4()}:{again}"',
        ("tests/outbox/test_outbox.py::test_the_same_promise_twice_is_one_and_a_retry_is_another",),
    ),
    Guard(
        "a promise is leased to one worker",
        "dossiers/actions/promises.py",
        "            row.next_at = now + LEASE",
        "            row.next_at = now",
        ("tests/outbox/test_outbox.py::test_a_worker_that_dies_lets_go_after_its_lease",),
    ),
    Guard(
        "text without control characters",
        "instrument/text.py",
        'if category == "Cc" and character not in "\\n\\r\\t":',
        "if False:",
        ("tests/instrument/test_text.py::test_e1_control_characters_and_broken_characters_are_refused",),
    ),
    Guard(
        "a run of marks is capped",
        "instrument/text.py",
        "        if marks > max_combining:",
        "        if marks > 10 * max_combining:",
        ("tests/instrument/test_text.py::test_e3_a_tower_of_marks_is_refused_and_as_many_as_allowed_is_not",),
    ),
    Guard(
        "one event is one line of the log",
        "bar/logs.py",
        '.encode("unicode_escape").decode("ascii")',
        "",
        ("tests/attacks/test_d_output.py::test_d7_one_event_is_one_line_whatever_is_in_it",),
    ),
    Guard(
        "a worker reads nothing but JSON",
        "bar/settings.py",
        'CELERY_ACCEPT_CONTENT = ["json"]',
        'CELERY_ACCEPT_CONTENT = ["json", "pickle", "yaml"]',
        ("tests/attacks/test_d_broker.py::test_d12_a_worker_refuses_whatever_is_not_json",),
    ),
    Guard(
        "who has no seat in a dossier is shown none of its rows",
        "bar/wall/policies.py",
        '    return [process, Policy("person", "ALL", has_seat)]',
        '    return [process, Policy("person", "ALL", "true")]',
        ("tests/wall/test_rows.py::test_somebody_without_a_seat_in_a_dossier_is_shown_none_of_its_rows",),
    ),
    Guard(
        "a connection forgets whom it worked for",
        "bar/wall/__init__.py",
        "    tell(connection, NOBODY)\n",
        "",
        ("tests/wall/test_connections.py::test_a_connection_that_goes_back_to_the_pool_forgets_whom_it_worked_for",),
    ),
    Guard(
        "a connection is told again after a rollback",
        "bar/wall/base.py",
        "        super()._savepoint_rollback(sid)  # type: ignore[misc]\n        self.told = None",
        "        super()._savepoint_rollback(sid)  # type: ignore[misc]",
        ("tests/wall/test_connections.py::test_who_asks_on_after_a_rollback_is_not_taken_for_who_asked_before_it",),
    ),
)
