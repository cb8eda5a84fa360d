"""The verbs about people and their accounts, by subject. Each leaves its line in the trail; nothing here knows a page."""
