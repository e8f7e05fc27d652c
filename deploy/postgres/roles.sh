#!/usr/bin/env bash
# Make the roles of the database, once, as its administrator. The PostgreSQL image runs this when it creates the volume.
#
# owner   owns the tables and runs migrations
# site    reads and writes rows; it can't switch off the triggers that keep decisions and revisions unchanged
# backup  reads everything and makes scratch databases to verify a backup in
set -eu
psql -v ON_ERROR_STOP=1 -q --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" \
  -v owner="$OWNER_DATABASE_PASSWORD" -v site="$SITE_DATABASE_PASSWORD" -v backup="$BACKUP_DATABASE_PASSWORD" <<'SQL'
create role owner login password :'owner';
create role site login password :'site';
create role backup login createdb password :'backup';
grant pg_read_all_data to backup;
create database site owner owner;
revoke all on database site from public;
grant connect on database site to site, backup;
\connect site
alter schema public owner to owner;
revoke create on schema public from public;
grant usage on schema public to site;
alter default privileges for role owner in schema public grant select, insert, update, delete on tables to site;
alter default privileges for role owner in schema public grant usage, select on sequences to site;
-- Statements and their values stay out of the log: they hold what people write.
alter database site set log_min_error_statement = 'panic';
alter database site set log_error_verbosity = 'terse';
alter role site set statement_timeout = '30s';
alter role site set idle_in_transaction_session_timeout = '60s';
SQL
