#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nsguardctl with the module, in a guest: what it tells agrees with sysfs and
# with what runs, who may not use it, and the end of the module.
#
# usage: loaded.sh [locked], the latter in a boot of its own: a locked module
# stays.

# shellcheck disable=SC2086 # a verb and its arguments, a command
parameters=/sys/module/nsguard/parameters
tmp=$(mktemp -d)
jail=$tmp/jail
# What follows runs in a container.  The paths keep busybox from its own.
in_container="/usr/bin/unshare --mount --pid --fork chroot $jail"
count=0
failed=0

ok()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	sed 's/^/# /' "$tmp/out" "$tmp/err"
	failed=1
}

# run CODE COMMAND...: it leaves with CODE
run()
{
	want=$1
	shift
	timeout 60 "$@" >"$tmp/out" 2>"$tmp/err"
	test $? -eq "$want"
}

# says STREAM PATTERN: has a line like PATTERN
says()
{
	grep -q -e "$2" "$tmp/$1"
}

load()
{
	if ! insmod /nsguard/nsguard.ko "$@"; then
		echo "Bail out! the module does not load"
		exit 1
	fi
}

unload()
{
	echo 1 >$parameters/retire && rmmod nsguard
}

# A root of its own, so that what runs in it is a container's.
make_jail()
{
	mkdir -p "$jail/usr"
	mount -t tmpfs jail "$jail"
	mkdir -p "$jail/usr"
	cp -a /usr/bin /usr/lib /usr/lib64 "$jail/usr/"
	ln -s usr/bin usr/lib usr/lib64 "$jail/"
	mkdir "$jail/proc"
}

test_unloaded()
{
	run 1 nsguardctl status && says err 'module is not loaded'
	ok $? "before loading: not loaded"
	finds 1 '^WRONG  module  *it is not loaded'
}

# finds CODE LINE: doctor leaves with CODE and has a line like LINE
finds()
{
	code=$1 line=$2
	run "$code" nsguardctl doctor && says out "$line"
	ok $? "doctor: $line"
}

test_doctor()
{
	updates=/lib/modules/$(uname -r)/updates
	mkdir -p "$updates"
	finds 1 '^WRONG  installed  '
	cp /nsguard/nsguard.ko "$updates/"
	ln -s /usr/bin/kmod "$tmp/depmod"
	"$tmp/depmod" 2>/dev/null
	finds 0 '^note   mode  *audit'
	finds 0 '^well   installed  .*version [0-9.]* for'
	run 0 nsguardctl doctor --json && says out '^{"well":true,"findings":\[{'
	ok $? "doctor: well, as JSON"
	nsguardctl mode enforce
	finds 0 '^well   mode  *enforce'
	finds 0 '^well   hooks  *all [0-9]* run'
	finds 0 '^well   counters  '
	! says out WRONG
	ok $? "doctor: nothing is wrong"
	nsguardctl mode off
	finds 1 '^WRONG  mode  *off'
	nsguardctl mode audit
	echo 13 >$parameters/layers
	finds 1 '^WRONG  layers  *3 of 4'
	echo 15 >$parameters/layers
	run 1 /usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups \
		nsguardctl doctor && says out '^WRONG  module  *it is loaded and'
	ok $? "doctor: a user gets no answer"

	# An own root and an own mount namespace may be a service's.
	start_in /usr/bin/unshare --mount chroot "$jail"
	finds 0 '^note   ambiguous  *1 may be'
	end_in
	finds 0 '^well   hooks  '
	! says out ambiguous
	ok $? "doctor: and no more when that has ended"
	start_in $in_container
	unload
	load mode=audit
	finds 0 '^note   adopted  *1 ran before'
	end_in
	echo 1 >$parameters/retire
	finds 1 '^WRONG  state  *left: NOTHING IS GUARDED'
	! says out '^well   mode\|^well   hooks' && ! [ -s "$tmp/err" ]
	ok $? "doctor: and nothing of it is well"
	run 0 nsguardctl status && says out '^UNGUARDED .* left: nothing is guarded' &&
		says out '^nsguard .*, left, mode audit$' && ! says out UNHEALTHY
	ok $? "status tells that the module has left"
	run 1 /usr/bin/unshare --net nsguardctl status &&
		says err 'loaded but .* state is left, nothing is guarded'
	ok $? "and so does its file where the module does not answer"
	run 1 /usr/bin/unshare --net nsguardctl doctor &&
		says out '^WRONG  state  *left: NOTHING IS GUARDED' &&
		! says out 'module  *it is loaded and'
	ok $? "which doctor asks as well"
	echo 1 >$parameters/retire
	ok $? "to retire it again is no error"
	run 0 nsguardctl status -j && says out '"state":"left","mode":"audit"'
	ok $? "status tells so as JSON"
	run 0 nsguardctl mode && says err 'left: nothing is guarded'
	ok $? "so does mode"
	for verb in 'mode enforce' containers 'register 1'; do
		run 1 nsguardctl $verb && says err 'left: nothing is guarded'
		ok $? "$verb is refused, and why is told"
	done
	rmmod nsguard
	finds 1 '^WRONG  module  *it is not loaded'
	rm "$updates/nsguard.ko"
	"$tmp/depmod" 2>/dev/null
	load mode=audit
}

test_status()
{
	run 0 nsguardctl --json status && says out '"mode":"audit"' &&
		says out '"locked":false' && says out '"state":"guarding"' &&
		says out '"layers":\["gate","use","sweep","transition"\]' &&
		says out '"tasks":0,"pending":0,"containers":0' && ! says out malformed
	ok $? "status"
	for counter in events events_lost kills repairs sweeps rearmed \
		leaked_creds leaked_nsproxies alloc_failures denied; do
		says out "\"$counter\":[0-9]"
		ok $? "status has the counter $counter"
	done
	says out '"name":"commit_creds","hits":[0-9]*,"live":true' &&
		! says out '"live":false'
	ok $? "every hook is live"
	run 0 nsguardctl status && says out '^nsguard .*, guarding, mode audit$' &&
		! says out 'UNHEALTHY\|OFF\|NOT LIVE\|?'
	ok $? "status as text"
	echo 13 >$parameters/layers
	run 0 nsguardctl status && says out 'OFF: use'
	ok $? "status tells of a layer that is off"
	echo 15 >$parameters/layers
}

test_mode()
{
	for mode in off enforce audit; do
		run 0 nsguardctl mode $mode && ! [ -s "$tmp/out" ] &&
			test "$(cat $parameters/mode)" = $mode
		ok $? "mode $mode reaches the module"
		run 0 nsguardctl mode && says out "^$mode$"
		ok $? "mode $mode is read back"
		run 0 nsguardctl mode -j && says out "^{\"mode\":\"$mode\"}$"
		ok $? "mode $mode as JSON"
	done
}

# start_in COMMAND...: a shell by way of the command, until end_in
start_in()
{
	mkfifo "$tmp/in" "$tmp/up"
	# It lives until its end of the pipe closes.
	"$@" sh -c 'echo up; read -r line' <"$tmp/in" >"$tmp/up" &
	container=$!
	exec 4>"$tmp/in" 5<"$tmp/up"
	read -r line <&5
	rm "$tmp/in" "$tmp/up"
	test "$line" = up
}

end_in()
{
	exec 4>&- 5<&-
	wait $container
}

test_containers()
{
	run 0 nsguardctl containers --json && says out '^\[\]$'
	ok $? "no container"

	start_in $in_container && run 0 nsguardctl containers --json &&
		says out '^\[{"id":[0-9]*,"name":.*,"certain":true,"tasks":1,"events":0,"started":"20[0-9-]*T[0-9:.]*Z","mnt_ns":[0-9]*,' &&
		! says out '},{'
	ok $? "one container"
	run 0 nsguardctl containers && says out '^ID .* NAME$' &&
		test "$(wc -l <"$tmp/out")" -eq 2
	ok $? "one container as text"
	end_in
	run 0 nsguardctl containers --json && says out '^\[\]$'
	ok $? "it is gone with its last task"
}

test_strangers()
{
	run 1 /usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups \
		nsguardctl status && says err CAP_SYS_ADMIN
	ok $? "a user is refused"
	run 1 /usr/bin/unshare --user --map-root-user nsguardctl status &&
		says err CAP_SYS_ADMIN
	ok $? "root of a user namespace is refused"
	run 1 /usr/bin/unshare --net nsguardctl status &&
		says err "loaded but .* not the host's network namespace"
	ok $? "another network namespace is refused"
	for verb in status containers 'mode off'; do
		run 1 $in_container nsguardctl $verb && says err 'container'
		ok $? "a container is refused: $verb"
	done
	test "$(cat $parameters/mode)" = audit
	ok $? "and has changed nothing"
}

lost()
{
	nsguardctl status | awk '$1 == "events_lost" { print $2 }'
}

# A monitor that is too slow, with the small buffer that it gets without
# CAP_NET_ADMIN.
test_overflow()
{
	mkfifo "$tmp/told"
	/usr/bin/setpriv --bounding-set=-net_admin nsguardctl --json monitor \
		>"$tmp/out" 2>"$tmp/told" &
	monitor=$!
	exec 3<"$tmp/told"
	read -r line <&3
	test "$line" = listening && test "$(lost)" -eq 0
	ok $? "a monitor with a small buffer listens, and nothing was lost"
	kill -STOP $monitor
	for i in $(seq 600); do
		echo $((1000 + i)) >$parameters/sweep_ms
	done
	test "$(lost)" -gt 0
	ok $? "what it was too slow for is counted"
	kill -CONT $monitor
	i=0
	until says out '^{"lost":null}$' || [ $i -ge 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	test $i -lt 100
	ok $? "and it tells so"
	kill $monitor
	wait $monitor 2>/dev/null
	exec 3<&-
	rm "$tmp/told"
}

test_farewell()
{
	mkfifo "$tmp/told"
	timeout 120 nsguardctl --json monitor >"$tmp/out" 2>"$tmp/told" &
	monitor=$!
	exec 3<"$tmp/told"
	read -r line <&3
	test "$line" = listening
	ok $? "monitor listens"
	nsguardctl mode enforce
	unload
	ok $? "the module leaves although somebody listens"
	read -r line <&3
	test "$line" = "nsguardctl: the nsguard module was unloaded"
	ok $? "monitor tells that the module was unloaded"
	wait $monitor
	test $? -eq 1
	ok $? "and that is a failure"
	says out '^{"config":"mode","old":"audit","new":"enforce","time":"20[^"]*Z","container":{"id":null,"name":null},"by":{"pid":[0-9]*,"uid":0,"comm":"nsguardctl"}}$'
	ok $? "monitor tells of a change of the mode"
	says out '^{"config":"state","old":"guarding","new":"leaving"' &&
		says out '^{"config":"state","old":"leaving","new":"left"'
	ok $? "and of the module's leaving"
	exec 3<&-
}

test_locked()
{
	load
	run 0 nsguardctl mode && says out '^enforce$'
	ok $? "enforce is the default"
	echo 1 >$parameters/locked
	run 0 nsguardctl status && says out ', locked$'
	ok $? "status tells that it is locked"
	run 1 nsguardctl mode audit && says err 'locked'
	ok $? "a weaker mode is refused"
	run 0 nsguardctl mode enforce
	ok $? "the same mode is not"
	! unload 2>"$tmp/err"
	ok $? "the module does not leave"
	test "$(cat $parameters/mode)" = enforce
	ok $? "nothing of this has an effect"
}

: >"$tmp/out"
: >"$tmp/err"
if [ "$1" = locked ]; then
	test_locked
else
	test_unloaded
	load mode=audit
	make_jail
	test_doctor
	test_status
	test_mode
	test_containers
	test_strangers
	test_overflow
	test_farewell
	umount "$jail"
fi
rm -rf "$tmp"
echo "1..$count"
exit $failed
