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
silent "runc run" runc run -d box
known "$(pid_of)" certain "runc run"
silent "runc checkpoint" runc checkpoint --image-path $tmp/image box
silent "runc restore" runc restore -d --image-path $tmp/image box
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
