"""Backup and restore: the database and the letters in one encrypted file, and back into an empty database.

What may be read of a dossier is not decided here, and no key is stored in a backup.
"""
