"""The wording of letters, and the parts that `letter_text.compose` puts together.

Use `letter_core` and `letter_text` from outside; nothing in here may decide who reads what.
"""
