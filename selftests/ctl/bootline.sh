#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Parameters of the module on the kernel's boot line, which has
# nsguard.mode=audit here: what modprobe does with them.

parameters=/sys/module/nsguard/parameters
count=0
failed=0

is()
{
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
		return
	fi
	echo "not ok $count - $1 ($2, not $3)"
	failed=1
}

unload()
{
	echo 1 >$parameters/retire && rmmod nsguard
}

# The real one: busybox has one of its own.
ln -s /usr/bin/kmod /run/depmod
ln -s /usr/bin/kmod /run/modprobe
installed=/lib/modules/$(uname -r)/updates/dkms
mkdir -p "$installed" /etc/modprobe.d
cp /nsguard/nsguard.ko "$installed/"
/run/depmod

/run/modprobe nsguard
is "modprobe takes the boot line's mode" "$(cat $parameters/mode)" audit
unload
echo "options nsguard mode=off sweep_ms=500" >/etc/modprobe.d/nsguard.conf
/run/modprobe nsguard
is "which beats modprobe.d's" "$(cat $parameters/mode)" audit
is "whose other options count" "$(cat $parameters/sweep_ms)" 500
unload
/run/modprobe nsguard mode=off
is "what the command says beats both" "$(cat $parameters/mode)" off
unload
insmod /nsguard/nsguard.ko
is "insmod reads neither" "$(cat $parameters/mode)" enforce
unload
is "none is retired by its load" \
	"$(insmod /nsguard/nsguard.ko retire=1 2>&1 | grep -c 'Invalid argument')" 1
# The last one: it can't be retired any more.
echo "options nsguard locked=1 sweep_ms=3000" >/etc/modprobe.d/nsguard.conf
/run/modprobe nsguard
is "a weaker mode counts behind locked" "$(cat $parameters/mode)" audit
is "and so does a rarer sweep" "$(cat $parameters/sweep_ms)" 3000
is "and it is locked" "$(cat $parameters/locked)" Y
echo off >$parameters/mode 2>/dev/null
is "from then on" "$(cat $parameters/mode)" audit
echo "1..$count"
exit $failed
