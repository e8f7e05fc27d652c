#!/usr/bin/env bash
# Restore a backup into a compose setup whose database and private files are empty: restore_compose.sh BACKUP.tar.age KEY
set -euo pipefail
[ -f "${1:-}" ] && [ -f "${2:-}" ] || { echo "make restore FILE=backups/site-….tar.age KEY=key.txt" >&2; exit 1; }
docker compose up -d --wait db limits pages
docker compose run --rm --entrypoint bash -v "$(realpath "$1"):/backup:ro" -v "$(realpath "$2"):/key:ro" \
  restore /usr/local/bin/restore.sh /backup /key
docker compose run --rm -T migrate python manage.py replay_erasures < "$(dirname "$1")/erasures"
docker compose up -d
