#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: job.sh NUMBER COMMAND... runs a test with a mutant of the module, up to
# its first result that is not ok.  0 is the module as it is, and "again" is that as
# well, where something has failed before: is the guest still as it was?

here=${0%/*} ko=/nsguard/nsguard.ko number=$1
shift

# Nobody is judged in what another has left behind.
if [ -e /run/stop ] || [ -e /sys/module/nsguard ]; then
	echo b >/proc/sysrq-trigger || reboot -nf
fi
# Who was cut off has failed.
[ ! -e /run/running ] || touch /run/failed
touch /run/running
if [ "$number" = again ]; then
	if [ ! -e /run/failed ]; then
		echo "1..0 # SKIP nothing has failed"
		rm /run/running
		exit 0
	fi
	number=0
	touch /run/stop
fi

# One that needs a build of its own has a file of its own.
which=nsguard
[ ! -e "$here/$number.ko" ] || which=$number
cp "$here/$which.ko" $ko
# shellcheck disable=SC2059 # a number of four bytes, the lowest first
printf "$(printf '\\%03o\\%03o\\000\\000' $((number % 256)) $((number / 256)))" |
	dd of=$ko bs=1 conv=notrunc seek="$(cat "$here/$which.offset")" 2>/dev/null

rm -f /run/results
mkfifo /run/results
# The test stays in the foreground: in the background it would ignore SIGINT.
awk -v shell=$$ '{ print; fflush() } /^not ok/ { system("kill -KILL " shell) }' \
	</run/results &
"$@" >/run/results
status=$?
wait
if [ "$status" -eq 0 ]; then
	rm /run/running
	[ "$number" -ne 0 ] || rm -f /run/failed /run/stop
fi
exit $status
