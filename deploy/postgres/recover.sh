#!/usr/bin/env bash
# Let a server that starts from a base backup repeat what was archived since, up to a moment: recover.sh DATA ARCHIVE MOMENT
#
# DATA     the base backup, made by pg_basebackup; no server runs there
# ARCHIVE  the folder of archived WAL files
# MOMENT   such as '2027-01-10 14:05:00+00'; what was committed later is lost
#
# Then erase again whoever was erased since: manage.py replay_erasures < backups/erasures
set -euo pipefail
[ -f "$1/PG_VERSION" ] && [ ! -e "$1/postmaster.pid" ] || { echo "$1 is no base backup, or a server runs there." >&2; exit 1; }
cat >> "$1/postgresql.auto.conf" <<END
restore_command = 'cp "$2/%f" "%p"'
recovery_target_time = '$3'
recovery_target_action = 'promote'
END
touch "$1/recovery.signal"
chown --reference="$1/PG_VERSION" "$1/recovery.signal"
