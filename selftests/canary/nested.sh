#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A container that is a system itself: its services have credentials,
# namespaces and roots of their own, which are the container's all the same.
. ./canary/common.sh

strict="-p ProtectSystem=strict -p ProtectHome=yes -p PrivateTmp=yes
	-p PrivateDevices=yes -p ProtectKernelTunables=yes
	-p NoNewPrivileges=yes -p PrivateNetwork=yes
	-p SystemCallFilter=@system-service"

# service PROPERTIES...: runs the work in one of the container's
service()
{
	systemd-run -q -M box --wait --pipe "$@" /bin/busybox sh -c "$work"
}

is_up()
{
	systemctl -q -M box is-active basic.target 2>/dev/null
}

is_gone()
{
	! machinectl show box >/dev/null 2>&1
}

# This very system once more.
sys=$CANARY/sys
mkdir -p $sys $CANARY/upper $CANARY/work
mount -t overlay -o lowerdir=/,upperdir=$CANARY/upper,workdir=$CANARY/work \
	box $sys
silent "systemd-nspawn --boot" systemd-run -q --unit box \
	-p Delegate=yes -p KillMode=mixed systemd-nspawn -q --keep-unit -M box \
	-D $sys --boot -- --unit=basic.target
until_true is_up || journalctl -n 20 -u box >&2
is_up
ok $? "it boots"
took "boot"
show "a service" service
show "DynamicUser and others" service -p DynamicUser=yes $strict
show "PrivateUsers" service -p PrivateUsers=yes
show "RootDirectory" service -p RootDirectory=$tree -p MountAPIVFS=yes
show "units that failed" systemctl -M box list-units --failed --plain \
	--no-legend
systemd-run -q -M box --unit held -p Type=exec /bin/busybox sleep 1000
known "$(pgrep -n -x -f '/bin/busybox sleep 1000')" certain "its service"
silent "machinectl poweroff" machinectl poweroff box
until_true is_gone
ok $? "it powers off"
umount $sys
finish
