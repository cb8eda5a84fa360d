"""Signing in and out. Doors only."""
