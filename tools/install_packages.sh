#!/usr/bin/env bash
# Install the system packages that tests and `make prod-try` need and that are missing. Only as root on Debian or Ubuntu.
set -eu
PATH="$PATH:/usr/sbin"
missing=()
for pair in chromium:chromium docker-compose:docker-compose java:default-jre-headless caddy:caddy pgbouncer:pgbouncer \
  redis-server:redis-server age:age faketime:faketime; do # a program and its package
  command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
done
[ "${#missing[@]}" = 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. Install them first." >&2
  exit 1
fi
# Services that come with the packages are not started: the project starts its own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
