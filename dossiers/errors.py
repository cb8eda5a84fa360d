"""Refusals that a reader may see.

A `Refused` is expected: its sentence is shown, what was being done is rolled back. Programming mistakes are ordinary exceptions, not these.
"""


class Refused(Exception):
    """An expected refusal, with the Dutch sentence for the reader: what is wrong and what to do."""

    def __init__(self, sentence: str, *, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Stale(Refused):
    """Somebody saved this section after the page was opened (HTTP 409). Carries both texts so that nothing is lost."""

    def __init__(self, *, theirs: dict[str, str], version: int, by: str) -> None:
        super().__init__(
            f"{by} heeft dit onderdeel intussen ook veranderd. Kies welke tekst moet blijven.",
            status=409,
        )
        self.theirs = theirs
        self.version = version
        self.by = by
