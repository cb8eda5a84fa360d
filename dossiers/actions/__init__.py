"""All verbs on an opened dossier, split by subject. Nothing else writes. `opened` first, the rest keyword-only."""
