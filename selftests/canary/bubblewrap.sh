#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. ./canary/common.sh

as_user="runuser -u user --"
whole="bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
own="bwrap --ro-bind $tree / --dev /dev --proc /proc --tmpfs /tmp"

# held CLASS TEXT COMMAND...: what nsguard takes it for
held()
{
	class=$1 text=$2
	shift 2
	"$@" /bin/busybox sleep 1000 &
	job=$!
	known $job "$class" "$text"
	kill "$pid"
	wait $job
}

cd /
show "the whole root" $whole /bin/busybox sh -c "$work"
more show "the whole root, as a user" $as_user $whole /bin/busybox sh -c "$work"
more show "nothing shared" $whole --unshare-all /bin/busybox sh -c "$work"
show "nothing shared, as a user" $as_user $whole --unshare-all /bin/busybox sh -c "$work"
more show "a root of its own" $own --unshare-all /bin/busybox sh -c "$work"
show "a root of its own, as a user" $as_user $own --unshare-all /bin/busybox sh -c "$work"
held host "the whole root" bwrap --ro-bind / /
more held host "the whole root, as a user" $as_user $whole
more held host "nothing shared" $whole --unshare-all
held host "nothing shared, as a user" $as_user $whole --unshare-all
more held certain "a root of its own" $own --unshare-all
held certain "a root of its own, as a user" $as_user $own --unshare-all
finish
