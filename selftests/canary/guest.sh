#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A service of the Debian guest: runs the tests of /run/run.conf, reports them
# as selftests/vm/init.c does and shuts the guest down.

tests=/run/nsguard/nsguard/tests
export CANARY=/run/canary CTL=/run/nsguard/usr/bin/nsguardctl
export HOME=/root LC_ALL=C

report()
{
	printf '%s\n' "$*" >&3
}

note()
{
	echo "nsguard-test: $*" >/dev/kmsg
}

now_ms()
{
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# run_test SECONDS NAME COMMAND
run_test()
{
	report "BEGIN $2"
	note "begin $2"
	start=$(now_ms)
	status=0
	timeout -k 10 "$1" sh -c "$3" </dev/null >$CANARY/out 2>$CANARY/err ||
		status=$?
	sed 's/^/| /' $CANARY/out >&3
	sed 's/^/! /' $CANARY/err >&3
	case $status in
	124|137) verdict=timeout ;;
	*) verdict="status $status" ;;
	esac
	note "end $2 $verdict"
	report "EXIT $2 $verdict $(($(now_ms) - start)) ms"
}

exec 3<>/dev/ttyS1
stty raw -echo <&3
mkdir -p $CANARY
cd $tests || exit 1
report "GUEST $(uname -r)"
if [ -d /sys/module/nsguard ]; then
	$CTL --json monitor >$CANARY/events 2>$CANARY/listening &
	until grep -q listening $CANARY/listening; do
		kill -0 $! || report "FATAL no monitor"
		sleep 0.1
	done
fi
while read -r word seconds name command; do
	[ "$word" != test ] || run_test "$seconds" "$name" "$command"
done </run/run.conf
report "TAINT $(cat /proc/sys/kernel/tainted)"
report END
# A kernel without ACPI can do this, and the emulator ends then.
systemctl reboot
