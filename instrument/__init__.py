"""What is asked in a BAR: definitions as data, and the forms made from them.

Knows nobody: no models, no people, no dossier, and no decision about who may read what.
"""
