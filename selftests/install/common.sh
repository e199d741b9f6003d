# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0
# Shared by the tests of the installation; sourced.

tmp=$(mktemp -d)
count=0
failed=0

ok()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	tail -n 30 "$tmp/log" | sed 's/^/# /'
	failed=1
}

# run COMMAND...: quietly
run()
{
	"$@" >"$tmp/log" 2>&1 </dev/null
}

now_ms()
{
	awk '{ print int($1 * 1000) }' /proc/uptime
}

finish()
{
	rm -rf "$tmp"
	echo "1..$count"
	exit $failed
}
