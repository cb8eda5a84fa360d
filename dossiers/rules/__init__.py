"""Pure rules: plain values in, plain values out.

Nothing here knows Django, the database, the clock or a person's rights; `today` is always an argument.
"""
