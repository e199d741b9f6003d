#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: job.sh NUMBER,... COMMAND... runs a test with mutants of the module, up
# to its first result that is not ok.  0 is the module as it is, and "again" is that as
# well, where something has failed before: is the guest still as it was?

here=${0%/*} ko=/nsguard/nsguard.ko numbers=$1
shift

# Nobody is judged in what another has left behind.
if [ -e /run/stop ] || [ -e /sys/module/nsguard ]; then
	echo b >/proc/sysrq-trigger || reboot -nf
fi
# Who was cut off has failed.
[ ! -e /run/running ] || touch /run/failed
touch /run/running
if [ "$numbers" = again ]; then
	if [ ! -e /run/failed ]; then
		echo "1..0 # SKIP nothing has failed"
		rm /run/running
		exit 0
	fi
	numbers=0
	touch /run/stop
fi

# One that needs a build of its own has a file of its own.
which=nsguard
[ ! -e "$here/$numbers.ko" ] || which=$numbers
cp "$here/$which.ko" $ko
[ "$numbers" = 0 ] || for number in $(echo "$numbers" | tr , ' '); do
	printf '\001' | dd of=$ko bs=1 conv=notrunc \
		seek=$(($(cat "$here/$which.offset") + number)) 2>/dev/null
done

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
	[ "$numbers" != 0 ] || rm -f /run/failed /run/stop
fi
exit $status
