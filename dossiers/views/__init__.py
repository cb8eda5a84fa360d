"""Views: doors that parse, call one action, answer. Split by subject."""
