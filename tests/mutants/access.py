"""The guards of who may: keys, locks, terms, seats, lists and the door. Each row is a hole somebody could make; one per line of defence."""

from tests.mutants.guard import Guard

ACCESS = "consent/access.py"

GUARDS = (
    Guard(
        "a writer holds the share rows (FOR SHARE)",
        "consent/locks.py",
        '"SELECT 1 FROM consent_share WHERE dossier_id = %s AND person_id = %s FOR SHARE"',
        '"SELECT 1 FROM consent_share WHERE dossier_id = %s AND person_id = %s"',
        ("tests/races/test_locks.py::test_who_turns_a_key_waits_for_the_write_under_way",),
    ),
    Guard(
        "who turns a key takes the share row (FOR UPDATE)",
        "consent/actions/shares.py",
        "locked = Share.objects.select_for_update().get(pk=share.pk)",
        "locked = Share.objects.get(pk=share.pk)",
        ("tests/races/test_locks.py::test_who_turns_a_key_waits_for_the_write_under_way",),
    ),
    Guard(
        "the decision is made again inside the transaction",
        ACCESS,
        "            seat, facts = _decided_again(person, number, needs, today)\n",
        "",
        ("tests/races/test_locks.py::test_a_write_that_waited_for_a_withdrawal_is_refused",),
    ),
    Guard(
        "a view without a marker is refused",
        "consent/gate.py",
        'return refuse(request, "Deze pagina is niet vrijgegeven.", 403)\n        if marker.kind == "public":',
        'return None\n        if marker.kind == "public":',
        ("tests/machine/test_headers.py::test_every_kind_of_answer_carries_the_headers",),
    ),
    Guard(
        "a superuser opens nothing",
        "bar/accounts/models/people.py",
        "        return may(self, perm, obj)",
        "        return self.is_superuser or may(self, perm, obj)",
        ("tests/access/test_opening.py::test_has_perm_equals_an_opening_for_every_touch",),
    ),
    Guard(
        "what is not in the table is never",
        ACCESS,
        "        return Verdict(Why.NEVER)",
        "        return Verdict(Why.OPEN, Ground(Basis.DUTY, facts.seat_start))",
        (
            "tests/access/test_table.py::test_every_cell_of_the_table_says_what_the_page_says",
            "tests/access/test_decide.py::test_what_is_never_stays_never_whatever_is_shared",
        ),
    ),
    Guard(
        "a share ends with its last day",
        "consent/facts.py",
        "return Why.OPEN if today <= self.last_day else Why.EXPIRED",
        "return Why.OPEN if today <= self.last_day + datetime.timedelta(days=1) else Why.EXPIRED",
        ("tests/access/test_opening.py::test_a_share_ends_with_its_last_day_in_amsterdam",),
    ),
    Guard(
        "a list leaves out a share past its last day",
        ACCESS,
        "        share_part__share__last_day__gte=today,\n",
        "",
        ("tests/access/test_lists.py::test_a_share_past_its_last_day_is_in_no_list",),
    ),
    Guard(
        "a seat ends with its last day",
        ACCESS,
        "        return Verdict(Why.SEAT_OVER)",
        "        pass",
        (
            "tests/access/test_states.py::test_the_decision_says_what_the_page_says_in_every_state",
            "tests/seats/test_delegates_and_cover.py::test_a_cover_counts_through_its_last_day_and_no_longer",
        ),
    ),
    Guard(
        "a withdrawn answer closes",
        "consent/facts.py",
        "                return Why.WITHDRAWN",
        "                pass",
        ("tests/access/test_decide.py::test_both_keys_must_be_turned_today",),
    ),
    Guard(
        "a closed dossier takes no writes and ends every share",
        ACCESS,
        "        return Verdict(Why.CLOSED)",
        "        pass",
        ("tests/access/test_decide.py::test_a_closed_dossier_can_be_read_by_duty_and_ends_every_share",),
    ),
    Guard(
        "a Grant without its row lists nothing",
        "consent/guard.py",
        '    return listed.filter(pk__in=open_seats(person, today).values("dossier"))',
        "    return listed",
        ("tests/access/test_states.py::test_a_grant_without_its_row_opens_nothing",),
    ),
    Guard(
        "a new arbodienst reads nothing older without a yes",
        "dossiers/queries.py",
        "        found = found.filter(started_at__gte=opened.sees_from)\n    if opened.role in AUTHORS:",
        "        pass\n    if opened.role in AUTHORS:",
        ("tests/seats/test_hand_over.py::test_process_job_and_released_letters_come_along_at_once_and_nothing_else",),
    ),
    Guard(
        "the employee does not see a draft",
        "dossiers/queries.py",
        "return found.exclude(status=Status.DRAFT)",
        "return found",
        ("tests/versions/test_reading.py::test_a_draft_exists_for_authors_only",),
    ),
    Guard(
        "acting takes a POST",
        "dossiers/views/release.py",
        "@door(needs=Touch(Part.LETTERS, Act.FINALISE), may_show=PAGE_PARTS, fresh=RECENT)\n@require_POST\n",
        "@door(needs=Touch(Part.LETTERS, Act.FINALISE), may_show=PAGE_PARTS, fresh=RECENT)\n",
        ("tests/versions/test_flow.py::test_only_posting_acts",),
    ),
    Guard(
        "somebody else's link opens no account",
        "bar/accounts/views/invitations.py",
        "    if isinstance(request.user, User):\n        actions.note_misuse",
        "    if False:\n        actions.note_misuse",
        ("tests/invitations/test_attacks.py::test_somebody_else_who_is_signed_in_is_told_so_and_the_inviter_too",),
    ),
    Guard(
        "an older link is dead",
        "bar/accounts/actions/invitations.py",
        ".filter(pk=found[0], turn=found[1]).first() if found else None",
        ".filter(pk=found[0]).first() if found else None",
        ("tests/invitations/test_attacks.py::test_an_older_link_is_dead_after_sending_again",),
    ),
    Guard(
        "the door leads to our own pages only",
        "bar/accounts/views/sign_in.py",
        "return bool(where) and url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())",
        "return bool(where)",
        ("tests/pages/test_sign_in.py::test_e10_the_door_leads_to_our_own_pages_only",),
    ),
    Guard(
        "a second factor is demanded",
        "bar/accounts/rules/standing.py",
        "if not passed and page.two_factors and page.required:",
        "if not passed and page.two_factors and page.required and proof.has_second_step:",
        ("tests/factors/test_second_step.py::test_with_one_step_only_the_pages_to_set_up_the_second_open",),
    ),
    Guard(
        "who guesses has to wait",
        "bar/accounts/rules/lock_out.py",
        "    if too_early > now:",
        "    if too_early > now + HOUR:",
        ("tests/sessions/test_lock_out.py::test_the_owner_waits_a_quarter_of_an_hour_at_most_and_knocking_makes_it_no_longer",),
    ),
)
