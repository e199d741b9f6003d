#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. ./canary/common.sh

# Its first process is busybox's init, which has a child on each console.
exercise()
{
	silent "lxc-start" lxc-start -n box
	silent "lxc-wait" lxc-wait -n box -s RUNNING -t 60
	show "lxc-attach" lxc-attach -n box -- sh -c "$work"
	show "lxc-attach as a user" lxc-attach -n box -u 1000 -g 1000 -- \
		sh -c "$work"
	lxc-attach -n box -- /bin/sleep 1000 &
	attach=$!
	known $attach certain "lxc-attach"
	kill "$pid"
	wait $attach
	silent "lxc-stop" lxc-stop -n box -k
}

silent "lxc-create" lxc-create -n box -t busybox
exercise
show "lxc-execute" lxc-execute -n box -- /bin/sh -c "$work"

# Once more with a user namespace.
box=/var/lib/lxc/box
printf 'lxc.idmap = %s 0 300000 65536\n' u g >>$box/config
chown -R 300000:300000 $box/rootfs
chmod 755 $box
exercise
silent "lxc-destroy" lxc-destroy -n box
finish
