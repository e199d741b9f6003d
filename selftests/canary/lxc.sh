#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. ./canary/common.sh

box=/var/lib/lxc/box

# exercise TEXT
exercise()
{
	silent "lxc-start, $1" lxc-start -n box
	pid=$(lxc-info -n box -p -H)
	known "$pid" certain "lxc, $1"
	show "lxc-attach, $1" lxc-attach -n box -- sh -c "$work"
	more show "lxc-attach as a user, $1" lxc-attach -n box -u 1000 -g 1000 -- \
		sh -c "$work"
	more silent "lxc-freeze, $1" lxc-freeze -n box
	more silent "lxc-unfreeze, $1" lxc-unfreeze -n box
	silent "lxc-stop, $1" lxc-stop -n box -k
}

# What lxc-create makes of its busybox template, which takes it long.
mkdir -p $box
cp -a $tree $box/rootfs
cat /etc/lxc/default.conf - >$box/config <<END
lxc.include = /usr/share/lxc/config/common.conf
lxc.rootfs.path = dir:$box/rootfs
lxc.uts.name = box
lxc.init.cmd = /bin/sleep 1000
lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed
END
more exercise "privileged"

{
	echo lxc.include = /usr/share/lxc/config/userns.conf
	printf 'lxc.idmap = %s 0 300000 65536\n' u g
} >>$box/config
chown -R 300000:300000 $box/rootfs
chmod 711 $box /var/lib/lxc
exercise "unprivileged"
silent "lxc-destroy" lxc-destroy -n box
finish
