#!/usr/bin/env bash
# Print the accounts that were erased, as numbers with what was chosen for their posts. `backup.sh` keeps the list beside the
# backups; run this every hour too, so that no one who was erased since the last backup comes back with a restore.
set -euo pipefail
psql -qAtX -F ' ' "$DATABASE_URL" -c "select id, posts_choice from accounts_user where state = 'erased' order by id"
