"""Forms of pages: what people type, checked field by field. Forms of the questionnaire are made in `instrument/forms`."""
