#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# After all cases: nothing was wrong, and nsguard was really there.
. ./canary/common.sh

is_empty()
{
	[ "$($CTL containers | wc -l)" -eq 1 ]
}

none()
{
	for name in "$@"; do
		test "$(counter $name)" = 0
		ok $? "no $name ($(counter $name))"
	done
}

some()
{
	for name in "$@"; do
		test "$(counter $name)" -gt 0
		ok $? "$name was used ($(counter $name))"
	done
}

show "units that failed" systemctl list-units --failed --plain --no-legend
if [ -n "$guarded" ]; then
	none events events_lost kills denied repairs leaked_creds \
		leaked_nsproxies alloc_failures lineage_full
	some sweeps commit_creds wake_up_new_task security_file_open
	! $CTL status | grep -q UNHEALTHY
	ok $? "every hook is live"
	until_true is_empty
	ok $? "no container is left"
	$CTL containers >&2
	$CTL status >&2
	test ! -s $CANARY/events
	ok $? "the monitor heard nothing"
	cat $CANARY/events >&2
fi
finish
