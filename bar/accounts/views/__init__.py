"""Doors for people: signing in, the second step, the own account, organisations, invitations. Each parses, calls one action, answers."""
