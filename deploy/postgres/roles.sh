#!/usr/bin/env bash
# Make the roles and the database, once, as the administrator. The PostgreSQL image runs this when it creates the volume.
#
# owner   owns the tables and runs migrations
# site    reads and writes rows; it can't switch off the triggers that keep decisions and revisions unchanged
# backup  reads everything and makes scratch databases to verify a backup in
set -eu
psql -v ON_ERROR_STOP=1 -qX --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v owner="$OWNER_DATABASE_PASSWORD" -v site="$SITE_DATABASE_PASSWORD" -v backup="$BACKUP_DATABASE_PASSWORD" <<'SQL'
create role owner login password :'owner';
create role site login password :'site';
create role backup login createdb password :'backup';
grant pg_read_all_data to backup;
alter role site set statement_timeout = '30s';
alter role site set idle_in_transaction_session_timeout = '60s';
create database site;
SQL
folder=${GRANTS_FOLDER:-$(dirname "$0")}
bash "$folder/grants.sh"
