#!/bin/sh
# Create the site's own role and database when PostgreSQL starts for the first time. The role is no superuser: it can't read
# the server's files or change other roles.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$SITE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE site LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE site OWNER site;
SQL
