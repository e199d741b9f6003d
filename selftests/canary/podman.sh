#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# podman.sh root|user [full]
who=$1
shift
. ./canary/common.sh

podman()
{
	if [ "$who" = root ]; then
		command podman "$@"
	else
		# As after a log-in; its service manager runs already.
		(cd / && runuser -u user -- env HOME=/home/user \
			XDG_RUNTIME_DIR=/run/user/1000 \
			DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus \
			podman "$@")
	fi
}

pid_of()
{
	podman inspect -f '{{.State.Pid}}' "$1"
}

run="podman run --rm -h inside"
more show "podman is there" podman info \
	-f '{{.Store.GraphDriverName}} {{.Host.OCIRuntime.Name}} {{.Host.Security.Rootless}}'
silent "podman import" podman import $archive canary
more show "podman run" $run canary sh -c "$work"
more show "podman run --privileged" $run --privileged --network host canary sh -c "$work"
more show "podman run, least privilege" $run --network none --read-only \
	--cap-drop ALL --security-opt no-new-privileges --user 1000:1000 \
	canary sh -c "$work"

silent "podman run -d" podman run -d --init --network none --name one \
	canary sleep 1000
known "$(pid_of one)" certain "podman run -d"
show "podman exec" podman exec one sh -c "$work"
more show "podman exec --user" podman exec --user 1000 one sh -c "$work"
show "podman exec --privileged" podman exec --privileged one sh -c "$work"
more silent "podman restart" podman restart -t 1 one
more known "$(pid_of one)" certain "podman restart"
more silent "podman stop" podman stop -t 1 one
silent "podman rm" podman rm -f -t 0 one

[ "$full" ] || finish
if [ "$who" = user ]; then
	show "podman run --userns keep-id" $run --network none \
		--userns keep-id canary sh -c "$work"
	show "podman unshare" podman unshare sh -c 'id -u; cat /proc/self/uid_map'
else
	show "podman run --uidmap" $run --network none \
		--uidmap 0:200000:65536 canary sh -c "$work"
fi
silent "podman pod create" podman pod create --name pod --infra-image canary \
	--infra-command 'sleep 1000'
silent "podman run --pod" podman run -d --pod pod --name two canary sleep 1000
known "$(pid_of two)" certain "podman run --pod"
show "podman exec in a pod" podman exec two sh -c "$work"
silent "podman pod rm" podman pod rm -f -t 0 pod
finish
