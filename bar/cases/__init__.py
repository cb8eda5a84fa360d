"""The case file (`bar-case/1`): one whole dossier as JSON, the way in and out for real input, tests and the demonstration.

Reading checks everything that can be known without the database; importing replays the acts through the actions of the screens.
No rule of access and no rule of the questionnaire may be written here: those are asked where they stand.
"""
