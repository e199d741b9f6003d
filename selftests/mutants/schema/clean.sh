#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: clean.sh behind a job.  What a test that was cut off has left is taken
# away, as far as that is simple, and who has leaked memory is told.

leak=/sys/kernel/debug/kmemleak

# The guest's init kills what a test leaves: whoever is there still can't be killed.
for task in /proc/[0-9]*; do
	case $task in
	/proc/1|"/proc/$$"|"/proc/$PPID") continue ;;
	esac
	if [ -e "$task/exe" ]; then
		echo b >/proc/sysrq-trigger || reboot -nf
	fi
done

for module in nsguard_fixture nsguard_poke nsguard_nothing; do
	[ ! -e /sys/module/$module ] || rmmod $module
done
for try in 1 2 3 4 5; do
	[ -e /sys/module/nsguard ] || break
	echo 1 >/sys/module/nsguard/parameters/retire
	rmmod nsguard && break
	sleep 1
done

awk '{ print $2 }' /proc/self/mounts | tac | while read -r place; do
	grep -qxF "$place" /run/mounts || umount -l "$place"
done
find /sys/fs/cgroup -mindepth 1 -depth -type d -exec rmdir {} \;
rm -rf /tmp/* /tmp/.[!.]*
find /host -mindepth 1 -maxdepth 1 ! -name mutant -exec rm -rf {} +

# After one complaint lockdep says no more.
if dmesg | grep -qE 'INFO: possible |suspicious RCU usage' ||
   grep -qs 'debug_locks: *0' /proc/lockdep_stats; then
	touch /run/stop
fi

# As the guest's init does at its end.  What has failed needs no second reason; what
# leaked then fails the module as it is, which comes behind it.
if [ -e $leak ] && [ ! -e /run/running ]; then
	sleep 6
	echo scan >$leak
	if [ -s $leak ] && [ -n "$(head -n 1 $leak)" ]; then
		echo scan >$leak
		found=$(grep -A 12 -m 1 . $leak)
	fi
	if [ -n "$found" ]; then
		echo "$found" | sed 's/^/# /'
		echo "not ok 1 - kmemleak: $(echo "$found" | head -n 1)"
		echo 1..1
		echo clear >$leak
		exit 1
	fi
fi
echo "ok 1 - as good as new"
echo 1..1
