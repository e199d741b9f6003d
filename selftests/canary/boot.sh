#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The system has come up: boot.sh none|audit|enforce

. ./canary/common.sh

mode=none
[ -z "$guarded" ] || mode=$(cat /sys/module/nsguard/parameters/mode)
test "$mode" = "$1"
ok $? "nsguard's mode is $1 ($mode)"

show "units that failed" systemctl list-units --failed --plain --no-legend
show "services that run" sh -c 'systemctl list-units --type service \
	--state running --plain --no-legend | cut -d " " -f 1'
show "hostnamectl" hostnamectl hostname
show "timedatectl" timedatectl show -p Timezone
show "loginctl" loginctl list-users --no-legend
if [ -n "$guarded" ]; then
	list=$($CTL containers)
	test "$(echo "$list" | wc -l)" -eq 1
	ok $? "no service is taken for a container"
	echo "$list" >&2
fi
finish
