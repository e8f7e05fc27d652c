#!/usr/bin/env bash
# Make an encrypted backup of the database and the private files, after restoring it into a scratch database to verify it.
#
# DATABASE_URL      the database, as a role that may read everything and create databases
# PRIVATE_ROOT      the folder of private files
# BACKUPS           where backups are kept
# BACKUP_RECIPIENT  the age public key that encrypts them; its private key is not on this machine
# BACKUP_KEEP_DAYS  after how many days a backup is deleted
set -euo pipefail
: "${BACKUP_RECIPIENT:?Make a key with age-keygen and set BACKUP_RECIPIENT to its public key.}"
here=$(dirname "$0")
name=site-$(date -u +%Y%m%dT%H%M%SZ)
work=$(mktemp -d)
scratch=verify_${name//[^0-9]/}
server=${DATABASE_URL%/*}
umask 077

clean_up() {
  psql -qX "$server/postgres" -c "drop database if exists $scratch" || true
  rm -rf "$work" "$BACKUPS/$name.tar.age.new"
}
trap clean_up EXIT

# Dump and fingerprint see the database at the same moment, while the site goes on writing.
coproc session { psql -qAtX -v ON_ERROR_STOP=1 "$DATABASE_URL"; }
echo "begin isolation level repeatable read read only; select pg_export_snapshot();" >&"${session[1]}"
read -r snapshot <&"${session[0]}"
pg_dump --format=custom --snapshot="$snapshot" --file="$work/database.dump" "$DATABASE_URL"
printf '%s\n' "\\o '$work/fingerprint'" "\\i '$here/fingerprint.sql'" "\\o" "commit;" "\\echo done" "\\q" >&"${session[1]}"
while read -r line && [ "$line" != done ]; do :; done <&"${session[0]}"

# Exports for members can be made again, and hold too much to be kept.
tar -C "$PRIVATE_ROOT" --exclude=./exports -cf "$work/private.tar" .
bash "$here/erasures.sh" > "$work/erasures"

psql -qX "$server/postgres" -c "create database $scratch"
pg_restore --exit-on-error --no-owner --no-privileges --dbname="$server/$scratch" "$work/database.dump"
psql -qAtX -v ON_ERROR_STOP=1 -f "$here/fingerprint.sql" "$server/$scratch" > "$work/restored"
if ! diff "$work/fingerprint" "$work/restored"; then
  echo "The restored database differs from the original: no backup was made." >&2
  exit 1
fi

tar -C "$work" -cf - database.dump fingerprint private.tar | age --recipient "$BACKUP_RECIPIENT" > "$BACKUPS/$name.tar.age.new"
mv "$BACKUPS/$name.tar.age.new" "$BACKUPS/$name.tar.age"
mv "$work/erasures" "$BACKUPS/erasures"
find "$BACKUPS" -name 'site-*.tar.age' -mtime "+${BACKUP_KEEP_DAYS:-30}" -delete
echo "$BACKUPS/$name.tar.age: $(wc -l < "$work/fingerprint") tables, verified"
