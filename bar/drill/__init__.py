"""Drills: the whole product on this machine, with invented people, while something is taken away from it on purpose.

`manage.py drill` runs them. Nothing of the product imports this package, and nothing here runs where a real database is named.
"""
