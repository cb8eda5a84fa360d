"""What can go wrong with a backup and is no mistake of the program. The commands print the sentence; it holds no content."""


class BackupProblem(Exception):
    """An expected failure, with a sentence for the operator: what is wrong and what to do."""
