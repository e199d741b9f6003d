#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A container that is frozen and comes back without executing a program.
. ./canary/common.sh

pid_of()
{
	runc state box | jq .pid
}

is_gone()
{
	test "$(runc state box | jq -r .status)" = stopped
}

mkdir $tmp/box
cp -a $tree $tmp/box/rootfs
cd $tmp/box || exit 1
runc spec
jq '.process.terminal = false | .process.args = ["sleep", "1000"] |
	.root.readonly = false' config.json >config.new
mv config.new config.json
# It keeps what it is given, and a file of the host's can't be frozen.
silent "runc run" sh -c 'exec runc run -d box 2>/dev/null'
known "$(pid_of)" certain "runc run"
silent "runc checkpoint" runc checkpoint --image-path $tmp/image \
	--work-path $tmp/work box
grep -E 'Error|Warn' $tmp/work/dump.log | tail -n 10 >&2
silent "runc restore" sh -c "exec runc restore -d --image-path $tmp/image \
	--work-path $tmp/work box 2>/dev/null"
grep -E 'Error|Warn' $tmp/work/restore.log | tail -n 10 >&2
known "$(pid_of)" certain "runc restore"
if [ -n "$guarded" ]; then
	$CTL --json containers | jq -e --argjson ns "$ns" \
		'any(.[]; .mnt_ns == $ns and .adopted)' >/dev/null
	ok $? "its start was not seen"
fi
show "runc exec" runc exec box sh -c "$work"
silent "runc kill" runc kill box KILL
until_true is_gone
silent "runc delete" runc delete box
finish
