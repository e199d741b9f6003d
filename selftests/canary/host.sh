#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What an administrator and a user do without any runtime.
. ./canary/common.sh

as_user="runuser -u user --"
cd /
show "unshare" unshare -m -p -f --mount-proc /bin/busybox sh -c "$work"
show "unshare -U" unshare -Urm /bin/busybox sh -c "$work"
more show "unshare -U, as a user" $as_user unshare -Urmpfn --mount-proc \
	/bin/busybox sh -c "$work"
show "unshare --root" unshare -m -p -f -R $tree /bin/sh -c \
	"mount -t proc proc /proc; $work"
show "unshare -U --root, as a user" $as_user unshare -Urmpf -R $tree \
	/bin/sh -c "mount -t proc proc /proc; $work"
more show "chroot" chroot $tree /bin/sh -c "mount -t proc proc /proc; $work
	umount /proc"
show "pivot_root" unshare -m -p -f sh -c "
	mount --bind $tree /mnt && cd /mnt && mkdir -p old &&
	pivot_root . old && exec /bin/sh -c '
		umount -l /old; mount -t proc proc /proc; id; cat /proc/1/comm'"
more show "ip netns add" ip netns add box
more show "ip netns exec" ip netns exec box /bin/busybox sh -c "ip link set lo up
	$work"
more show "nsenter --net" nsenter --net=/run/netns/box cat /proc/net/dev
more show "ip netns del" ip netns del box
show "sudo" $as_user sudo -n id
more show "su" su -l user -c 'id; echo $HOME'
more show "runuser with a session" runuser -l user -c 'id; pwd'
show "setpriv" setpriv --reuid 5 --regid 6 --groups 7,8 \
	--bounding-set -sys_admin --no-new-privs \
	/bin/busybox sh -c "$work"
finish
