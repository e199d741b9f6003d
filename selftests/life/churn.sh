#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes while containers start, fork, execute and end.
#
# usage: churn.sh CYCLES

# shellcheck source=selftests/life/common.sh disable=SC2154,SC2086
. "$(dirname "$0")/common.sh"

alerts()
{
	dmesg | grep -c 'nsguard: ALERT'
}

cycles=$1
alerts_before=$(alerts)
make_jail
touch "$tmp/go"
for i in 1 2; do
	while [ -e "$tmp/go" ]; do
		contain /bin/sh -c '/bin/true; /bin/true & unshare -m /bin/true
			/bin/sh -c "/bin/true | /bin/cat"; wait' || exit 1
		echo >>"$tmp/rounds.$i"
	done &
done

i=0
while [ $i -lt "$cycles" ]; do
	i=$((i + 1))
	load sweep_ms=100 || break
	# Let containers start under it: each round tracks some.
	until [ "$(counter sweeps)" -ge 3 ] &&
	      [ "$(nsguardctl status | awk '$1 == "bprm_execve" { print $2 }')" -ge 5 ]
	do
		kill -0 $! 2>/dev/null || break 2
	done
	events=$(counter events)
	[ "$events" = 0 ] || break
	leave || break
done
is "load and leave" "$i" "$cycles"
is "no event in the last of them" "$events" 0
# The counters go with the module, and it is while it leaves that hooks are
# missing: the log has both.
is "no alert in any of them" "$(alerts)" "$alerts_before"
rm "$tmp/go"
for job in $(jobs -p); do
	wait "$job"
	ok $? "no container was disturbed"
done
test "$(cat "$tmp"/rounds.* | wc -l)" -ge 4
ok $? "containers came and went"
finish
