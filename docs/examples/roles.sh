#!/bin/sh
# The database and its two roles, once, in an empty cluster: bar_owner owns the schema, migrates and makes the database of a restore drill;
# bar_app owns nothing and is all that serves. The image of PostgreSQL runs this by itself; on Debian it is a step of docs/deploy.md.
# Passwords are read from files by psql itself: they stand in no list of processes.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --username=postgres --dbname=postgres <<'SQL'
\set owner `cat "$DATABASE_OWNER_PASSWORD_FILE"`
\set app `cat "$DATABASE_APP_PASSWORD_FILE"`
CREATE ROLE bar_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE bar_app LOGIN PASSWORD :'app';
CREATE DATABASE bar OWNER bar_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE bar FROM PUBLIC;
GRANT CONNECT ON DATABASE bar TO bar_app;
\connect bar
CREATE EXTENSION btree_gist;
SQL
