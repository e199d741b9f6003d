#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest, in one boot: measures without the module, with it, with a
# container running, and without it again.  Prints "PHASE OPERATION LEAST MEAN".

HOST="loop getpid getppid open+close stat creat+unlink write+read pipe fork exec
	seccomp-getpid seccomp-open+close"
CONTAINER="getpid getppid open+close stat creat+unlink write+read pipe fork exec
	seccomp-getpid"
CROWD=2000
SELF=/nsguard/tests/bench/bench
ROOT=/tmp/r

host()
{
	for op in $HOST; do
		echo "$1 $(/tmp/b/bench measure "$op")"
	done
}

container()
{
	for op in $CONTAINER; do
		echo "$1 $($SELF contain $ROOT measure "$op")"
	done
}

tasks()
{
	sed 's/.*"tasks": *\([0-9]*\).*/\1/'
}

mkdir -p /tmp/b $ROOT/tmp/b
cp $SELF /tmp/b/
cp $SELF $ROOT/tmp/b/

host before
container before-container

insmod "${1:-/nsguard/nsguard.ko}" || exit 1
host loaded
container loaded-container

mkfifo /tmp/hold
$SELF contain $ROOT wait </tmp/hold &
exec 3>/tmp/hold
sleep 1
nsguardctl --json status | sed 's/^/# /'
host running
exec 3>&-
wait

# Among many tracked tasks: what a host task pays that shares a bucket of the
# record table with one of them, and what a tracked one does.
for op in open+close creat+unlink; do
	echo "alone $(/tmp/b/bench sample $op 100)"
done
$SELF contain $ROOT crowd $CROWD </tmp/hold &
exec 3>/tmp/hold
until [ "$(nsguardctl --json status | tasks)" -ge $CROWD ]; do
	sleep 1
done
for op in open+close creat+unlink; do
	echo "crowd $(/tmp/b/bench sample $op 100)"
done
for op in getpid open+close; do
	echo "crowd-container $($SELF contain $ROOT measure $op)"
done
exec 3>&-
wait

nsguardctl --json status | sed 's/^/# /'
echo 1 >/sys/module/nsguard/parameters/retire && rmmod nsguard || exit 1
host after
container after-container
echo "end 0 0 0"
