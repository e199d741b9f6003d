#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What an administrator does on the host:
#
#	host.sh --list | NAME
#
# $PID is the first process of a container. Util-linux's programs are called
# by path, since busybox's shell has some of the same name.

set -e
bin=/usr/bin
user="--reuid 1000 --regid 1000 --clear-groups"

case $1 in
--list)
	echo nsenter-all nsenter-net nsenter-mnt unshare unshare-user rootless \
		netns chroot setpriv setuid runc
	;;
nsenter-all)
	$bin/nsenter -t "$PID" -a /program =entered
	;;
nsenter-net)
	$bin/nsenter -t "$PID" -n ls /sys/class/net
	;;
nsenter-mnt)
	$bin/nsenter -t "$PID" -m /program =visitor
	;;
unshare)
	$bin/unshare -m -p -f --mount-proc sh -c 'echo $$; ls -d /proc/1'
	;;
unshare-user)
	$bin/unshare -Urm sh -c 'id -u; mount -t tmpfs t /mnt; touch /mnt/file
		ls /mnt'
	;;
rootless)
	$bin/setpriv $user $bin/unshare -Urmpnf sh -c 'id -u; hostname'
	;;
netns)
	touch /run/twin-ns
	$bin/unshare -n mount --bind /proc/self/ns/net /run/twin-ns
	$bin/nsenter --net=/run/twin-ns wc -l /proc/self/net/dev
	umount /run/twin-ns
	rm /run/twin-ns
	;;
chroot)
	mkdir /tmp/jail
	cp /bin/busybox /tmp/jail/
	chroot /tmp/jail /busybox id -u
	rm -r /tmp/jail
	;;
setpriv)
	$bin/setpriv --reuid 5 --regid 6 --groups 7,8 id
	;;
setuid)
	cp /nsguard/tests/twin/twin /tmp/setuid
	chown 9:9 /tmp/setuid
	chmod 6755 /tmp/setuid
	$bin/setpriv $user /tmp/setuid =setuid
	rm /tmp/setuid
	;;
runc)
	mkdir -p /run/twin/rootfs/bin
	cp /bin/busybox /run/twin/rootfs/bin/
	cd /run/twin
	runc spec
	sed -i -e 's/"terminal": true/"terminal": false/' \
		-e 's/"sh"/"busybox", "sleep", "1000"/' config.json
	runc run -d twin </dev/null >/dev/null
	runc exec twin busybox id
	runc exec --user 1234:1234 twin busybox id
	runc kill twin KILL
	runc delete -f twin
	rm -r /run/twin
	;;
*)
	exit 2
	;;
esac
