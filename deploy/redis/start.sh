#!/bin/sh
# Start Redis with a password that stays out of the list of processes. Arguments are further lines of its settings.
set -eu
settings=$(printf '%s\n' "requirepass $REDIS_PASSWORD" 'save ""' "$@")
exec redis-server - <<END
$settings
END
