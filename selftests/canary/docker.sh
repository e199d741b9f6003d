#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. ./canary/common.sh

pid_of()
{
	docker inspect -f '{{.State.Pid}}' "$1"
}

run="docker run --rm -h inside"
more show "docker is there" docker info -f '{{.Driver}} {{.DefaultRuntime}}'
silent "docker import" docker import $archive canary
more show "docker run" $run canary sh -c "$work"
more show "docker run, least privilege" $run --network none --read-only \
	--tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
	--user 1000:1000 \
	canary sh -c "$work"
more show "docker run --privileged, the host's namespaces" docker run --rm --privileged \
	--network host --ipc host --uts host canary sh -c "$work"

silent "docker run -d" docker run -d --init --network none --name one \
	canary sleep 1000
known "$(pid_of one)" certain "docker run -d"
show "docker exec" docker exec one sh -c "$work"
more show "docker exec --user" docker exec --user 1000 one sh -c "$work"
show "docker exec --privileged" docker exec --privileged one sh -c "$work"
more show "docker run, another's namespaces" $run -h '' --pid container:one \
	--network container:one canary sh -c "$work"
more show "docker cp" sh -c 'docker cp one:/etc/passwd - | tar -xO'
more silent "docker pause" docker pause one
more silent "docker unpause" docker unpause one
more silent "docker restart" docker restart -t 1 one
more known "$(pid_of one)" certain "docker restart"
more silent "docker stop" docker stop -t 1 one
silent "docker rm" docker rm -f one

if [ "$full" ]; then
	silent "docker run --pid host" docker run -d --pid host --network none \
		--name two canary sleep 1000
	known "$(pid_of two)" ambiguous "docker run --pid host"
	show "docker exec --pid host" docker exec two sh -c "$work"
	silent "docker rm -f" docker rm -f two

	mkdir $tmp/build
	printf 'FROM canary\nUSER 1000\nRUN id >/tmp/id\n' >$tmp/build/Dockerfile
	silent "docker build" docker build -q -t built $tmp/build
fi
finish
