"""What "dit klopt niet" asks of whom: the term, and who reads a document and so what is written beside it. Words and days only."""

import datetime

from dossiers.rules.share_presets import months_after

REMIND_DAYS = 7  # before the last day, the physician is told once more


def due_on(asked: datetime.date) -> datetime.date:
    """The last day for an answer: one month (AVG art. 12 lid 3). Never moved to a later working day: sooner is always right."""
    return months_after(asked, 1)


def days_left_words(due: datetime.date, today: datetime.date) -> str:
    """How much time there is for an answer, in words."""
    left = (due - today).days
    if left < 0:
        return "de termijn is voorbij"
    if left == 0:
        return "vandaag is de laatste dag"
    return "nog 1 dag" if left == 1 else f"nog {left} dagen"
