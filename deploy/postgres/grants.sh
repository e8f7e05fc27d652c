#!/usr/bin/env bash
# Give a new, empty database to its roles, as the administrator: grants.sh, or DATABASE_NAME=another grants.sh.
set -eu
psql -v ON_ERROR_STOP=1 -qX --username "${POSTGRES_USER:-postgres}" --dbname postgres -v name="${DATABASE_NAME:-site}" <<'SQL'
alter database :"name" owner to owner;
revoke all on database :"name" from public;
grant connect on database :"name" to site, backup;
-- Statements and their values stay out of the log: they hold what people write.
alter database :"name" set log_min_error_statement = 'panic';
alter database :"name" set log_error_verbosity = 'terse';
\connect :"name"
alter schema public owner to owner;
revoke create on schema public from public;
grant usage on schema public to site;
alter default privileges for role owner in schema public grant select, insert, update, delete on tables to site;
alter default privileges for role owner in schema public grant usage, select on sequences to site;
SQL
