"""Pages where people see where things stand: lists, overview, process, job, opening a dossier, sign-in, public pages."""
