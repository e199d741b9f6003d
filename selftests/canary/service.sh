#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Services of the host that are fenced in, which are no containers.
. ./canary/common.sh

strict="-p ProtectSystem=strict -p ProtectHome=yes -p PrivateTmp=yes
	-p PrivateDevices=yes -p ProtectKernelTunables=yes
	-p ProtectKernelModules=yes -p ProtectControlGroups=yes
	-p NoNewPrivileges=yes -p RestrictSUIDSGID=yes -p PrivateNetwork=yes
	-p SystemCallFilter=@system-service -p ProtectProc=invisible"
rooted="-p RootDirectory=$tree -p MountAPIVFS=yes"

# service PROPERTIES...: runs the work in one
service()
{
	systemd-run -q --wait --pipe "$@" /bin/busybox sh -c "$work"
}

# held CLASS TEXT PROPERTIES...: what nsguard takes it for
held()
{
	class=$1 text=$2
	shift 2
	systemd-run -q --unit held "$@" /bin/busybox sleep 1000
	known "$(systemctl show held -p MainPID --value)" "$class" "$text"
	systemctl stop held
}

more show "a service" service
show "ProtectSystem and others" service $strict
# Its number is made of its name, and the name of the unit's, which is counted.
dynamic="-p DynamicUser=yes -p User=passing"
show "DynamicUser" service $dynamic $strict
more show "PrivateUsers" service -p PrivateUsers=yes
more show "StateDirectory" service $dynamic -p StateDirectory=canary
more show "TemporaryFileSystem" service -p TemporaryFileSystem=/var:ro \
	-p BindReadOnlyPaths=/var/lib -p InaccessiblePaths=/home
show "RootDirectory" service $rooted
more show "RootDirectory, as a user" service $rooted -p User=user
more show "RootDirectory and PrivateUsers" service $rooted -p PrivateUsers=yes
show "a user's service" systemd-run -q --user -M user@.host --wait --pipe \
	-p PrivateUsers=yes -p PrivateTmp=yes -p ProtectSystem=strict \
	/bin/busybox sh -c "$work"
more held host "a service" -p Nice=1
more held host "ProtectSystem and others" $strict
held host "DynamicUser" -p DynamicUser=yes $strict
more held host "PrivateUsers" -p PrivateUsers=yes
held ambiguous "RootDirectory" $rooted
more held certain "RootDirectory and PrivateUsers" $rooted -p PrivateUsers=yes
finish
