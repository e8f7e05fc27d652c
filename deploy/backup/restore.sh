#!/usr/bin/env bash
# Restore a backup into an empty database and folder: restore.sh BACKUP.tar.age IDENTITY
#
# DATABASE_URL  the empty database, as the owner of its future tables
# PRIVATE_ROOT  the empty folder for the private files
#
# Then erase again whoever was erased since the backup: manage.py replay_erasures < backups/erasures
set -euo pipefail
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077
age --decrypt --identity "$2" "$1" | tar -C "$work" -xf -
if [ -n "$(psql -qAtX "$DATABASE_URL" -c "select 1 from pg_tables where schemaname = 'public' limit 1")" ]; then
  echo "The database is not empty: nothing was restored." >&2
  exit 1
fi
# What the owner may not create, such as the schema, is there already.
pg_restore --exit-on-error --no-owner --no-privileges --dbname="$DATABASE_URL" "$work/database.dump"
psql -qAtX -v ON_ERROR_STOP=1 -f "$here/fingerprint.sql" "$DATABASE_URL" > "$work/restored"
diff "$work/fingerprint" "$work/restored"
mkdir -p "$PRIVATE_ROOT"
tar -C "$PRIVATE_ROOT" -xf "$work/private.tar"
echo "Restored $(wc -l < "$work/fingerprint") tables, verified. Now run: manage.py replay_erasures"
