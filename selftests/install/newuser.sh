#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a new user does after "make install": the rest of the README's commands,
# to the first alert that is explained.  The unit has loaded the module already,
# in the mode of the boot line.

# shellcheck source=selftests/install/common.sh
. ./install/common.sh

# microseconds at which UNIT was active
since()
{
	systemctl show -p ActiveEnterTimestampMonotonic --value "$1"
}

run systemctl is-active nsguard.service && [ -d /sys/module/nsguard ] &&
	[ "$(since nsguard.service)" -le "$(since sysinit.target)" ]
ok $? "the unit has loaded the module before the basic system was up"
[ "$(cat /sys/module/nsguard/parameters/mode)" = audit ]
ok $? "in the mode of the boot line"
run docker import /usr/share/canary/root.tar debian
ok $? "the user has docker and an image"

cd /root/nsguard || exit 1
mount -o ro /dev/vdb /mnt
[ "$(wc -l </mnt/commands)" -le 10 ]
ok $? "the README takes at most ten commands"
sed '1,/^make install$/d' /mnt/commands >"$tmp/commands"
while read -r command; do
	case $command in
	*explain*)
		# A user is slower than the event.
		tries=0
		until [ -s events ] || [ $tries -ge 600 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		;;
	esac
	start=$(now_ms)
	# As in the user's shell, which waits for no job in the background.
	eval "$command" >"$tmp/log" 2>&1 </dev/null
	ok $? "$command"
	took=$(($(now_ms) - start))
	echo "$took ms: $command" >&2
done <"$tmp/commands"
grep -q 'rule=ns-foreign' "$tmp/log" && grep -q 'What to do' "$tmp/log"
ok $? "at the end an alert is explained"
grep '"rule"' events >&2

lines=$(wc -l <events)
run docker run --rm debian true
ok $? "an ordinary container is not disturbed"
[ "$(wc -l <events)" = "$lines" ]
ok $? "and brings no event"
nsguardctl mode enforce
! run docker run --rm --privileged -v /proc:/host debian \
	nsenter --mount=/host/1/ns/mnt true
ok $? "in mode enforce the same escape is refused"
[ "$(nsguardctl status | awk '$1 == "kills" { print $2 }')" = 1 ]
ok $? "and its process killed"

echo 1 >/sys/module/nsguard/parameters/retire && run rmmod nsguard &&
	run make uninstall
ok $? "make uninstall"
# The shell would remember where it was.
hash -r
! command -v nsguardctl
ok $? "no tool is left"
! modinfo nsguard >"$tmp/log" 2>&1
ok $? "no module"
! run systemctl cat nsguard.service
ok $? "no unit"
umount /mnt
finish
