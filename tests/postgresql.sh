#!/bin/sh
# Print the folder of PostgreSQL's programs, installing them with apt-get if there are none.
find_one() {
	command -v pg_ctl >/dev/null && { dirname "$(command -v pg_ctl)"; return 0; }
	for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
		[ -x "$folder/pg_ctl" ] && echo "$folder" && return 0
	done
	return 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

find_one && exit 0
if command -v apt-get >/dev/null; then
	echo "Installing PostgreSQL for the tests …" >&2
	# Only its programs: no server of its own is started.
	{ as_root apt-get update && as_root apt-get install -y --no-install-recommends postgresql; } >&2
fi
find_one
