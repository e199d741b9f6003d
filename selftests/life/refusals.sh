#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the module refuses, and that a refusal leaves things as they were.

# shellcheck source=selftests/life/common.sh disable=SC2154,SC2086
. "$(dirname "$0")/common.sh"

refused "a mode that there is not" load mode=strict
refused "layers that there are not" load layers=64
refused "a sweep every millisecond" load sweep_ms=1
refused "a load that failed leaves no module" test -d /sys/module/nsguard

# With ftrace off the hooks would be registered and never called.
echo 0 >/proc/sys/kernel/ftrace_enabled
refused "ftrace is off" load
refused "and nothing is left of it" test -d /sys/module/nsguard
echo 1 >/proc/sys/kernel/ftrace_enabled

load mode=audit
ok $? "the module loads after all that"
is "with the mode it was given" "$(cat $parameters/mode)" audit
refused "a second one" load
refused "ftrace can't be turned off under it" \
	sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'
refused "rmmod without retire" rmmod nsguard
refused "a mode that there is not, at run time" \
	sh -c "echo strict >$parameters/mode"
refused "layers that there are not, at run time" \
	sh -c "echo 0x100 >$parameters/layers"
is "and the mode is what it was" "$(cat $parameters/mode)" audit
is "and the layers are" "$(cat $parameters/layers)" 0xf
echo 0 >$parameters/retire
refused "writing 0 to retire is no retirement" rmmod nsguard
# A line that begins like a yes may be one of a log.
for line in yes true 10 '1 more' '1\n1'; do
	refused "to retire '$line' is not 1" \
		sh -c "printf '$line\n' >$parameters/retire"
done
for line in yellow 'true story' 10 '1 more' '1\n1'; do
	refused "to locked '$line' is no yes" \
		sh -c "printf '$line\n' >$parameters/locked"
done
is "it is not locked" "$(cat $parameters/locked)" N
echo no >$parameters/locked
ok $? "but a whole word is understood"
is "every hook is live" "$(nsguardctl status | grep -c UNHEALTHY)" 0

# A container with the host's capabilities has a sysfs that it can write to.
make_jail
mkdir "$jail/sys"
inside()
{
	contain /bin/sh -c "busybox mount -t sysfs sysfs /sys &&
		echo $2 >/sys/module/nsguard/parameters/$1 && echo done" \
		>"$tmp/out" 2>"$tmp/err"
	is "nobody in a container sets $1" "$(cat "$tmp/out")" ""
	is "since it is not permitted" \
		"$(grep -c 'not permitted' "$tmp/err")" 1
}
inside mode off
inside layers 0
inside locked 1
inside sweep_ms 60000
inside storm 1
inside retire 1
is "the mode is what it was" "$(cat $parameters/mode)" audit
is "and so is all else" "$(cat $parameters/layers $parameters/locked \
	$parameters/sweep_ms $parameters/storm | tr '\n' ' ')" "0xf N 2000 5 "
refused "nobody but root reads the state" /usr/bin/setpriv --reuid=1000 \
	--regid=1000 --clear-groups cat $parameters/state
is "which root does" "$(cat $parameters/state)" guarding
echo 3000 >$parameters/sweep_ms
is "the host's root sets it" "$(cat $parameters/sweep_ms)" 3000

leave
ok $? "it retires and goes"
refused "nothing is left of it" test -d /sys/module/nsguard
is "no function is hooked any more" \
	"$(grep -c -e nsg_ -e nsguard /sys/kernel/tracing/enabled_functions)" 0
sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'
ok $? "ftrace can be turned off again"
echo 1 >/proc/sys/kernel/ftrace_enabled
finish
