#!/usr/bin/env bash
# Write PgBouncer's settings from the environment and start it: transaction mode, for the site's role only.
set -eu
folder=${PGBOUNCER_FOLDER:-/run/pgbouncer}
umask 077
cat > "$folder/users.txt" <<END
"site" "$SITE_DATABASE_PASSWORD"
END
cat > "$folder/pgbouncer.ini" <<END
[databases]
site = host=${DATABASE_HOST:-db} port=${DATABASE_PORT:-5432} dbname=site
[pgbouncer]
listen_addr = ${PGBOUNCER_ADDRESS:-0.0.0.0}
listen_port = ${PGBOUNCER_PORT:-6432}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = ${PGBOUNCER_POOL:-20}
max_client_conn = 500
query_wait_timeout = 15
server_login_retry = 1
server_idle_timeout = 60
ignore_startup_parameters = extra_float_digits,options
log_connections = 0
log_disconnections = 0
END
exec "${PGBOUNCER:-pgbouncer}" "$folder/pgbouncer.ini"
