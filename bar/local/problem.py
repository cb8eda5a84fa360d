"""The one error of the embedded services: a sentence for the person at the keyboard.

Whoever catches it prints the sentence and stops; it never carries a password.
"""


class LocalProblem(Exception):
    """The embedded services cannot run here; the message says why and what to do."""
