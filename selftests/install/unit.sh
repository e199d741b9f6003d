#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A system that boots with nsguard.service and without the module: it says so
# and goes on, and holds back who requires the module.

# shellcheck source=selftests/install/common.sh
. ./install/common.sh

# microseconds of PROPERTY UNIT
when()
{
	systemctl show -p "$1Monotonic" --value "$2"
}

says()
{
	grep -q -e "$1" "$tmp/log"
}

run systemctl is-system-running --wait
says '^degraded$'
ok $? "the system says that it is degraded"
run systemctl list-units --failed --plain --no-legend
says '^nsguard.service '
ok $? "the unit is among those that failed"
run journalctl -b --no-pager -u nsguard.service
says 'Module nsguard not found'
ok $? "the journal says why"
[ "$(when InactiveEnterTimestamp nsguard.service)" -gt 0 ] &&
	[ "$(when InactiveEnterTimestamp nsguard.service)" -le \
		"$(when ActiveEnterTimestamp sysinit.target)" ]
ok $? "it was tried before the basic system was up"
run systemctl is-active docker.service
ok $? "fail open: docker has started"

run systemctl add-requires docker.service nsguard.service &&
	run systemctl stop docker.socket docker.service
ok $? "docker is made to require it"
! run systemctl start docker.service
ok $? "fail closed: docker does not start"
says 'dependency'
ok $? "and it is said why"
! run systemctl is-active docker.service
ok $? "it does not run"

updates=/lib/modules/$(uname -r)/updates
mkdir -p "$updates"
cp /run/nsguard/nsguard/nsguard.ko "$updates/"
run depmod
run modprobe nsguard && echo 1 >/sys/module/nsguard/parameters/retire &&
	! run systemctl start nsguard.service &&
	run journalctl -b --no-pager -u nsguard.service &&
	says 'its state is left: NOTHING IS GUARDED'
ok $? "that a module is loaded is not enough: it has to guard"
rmmod nsguard
run systemctl start docker.service
ok $? "with the module docker starts"
run systemctl is-active docker.service nsguard.service &&
	[ -d /sys/module/nsguard ]
ok $? "and brought it along"
! run systemctl stop nsguard.service && says 'refused'
ok $? "the unit can't be stopped by hand"
run systemctl is-active docker.service
ok $? "so docker goes on"

# As it was.
rm -r "$updates" /etc/systemd/system/docker.service.requires \
	/etc/systemd/system/nsguard.service
echo 1 >/sys/module/nsguard/parameters/retire && rmmod nsguard && depmod &&
	systemctl daemon-reload
ok $? "all of it can be taken back"
finish
