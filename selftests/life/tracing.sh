#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Other users of what nsguard uses: the raw_syscalls tracepoints, whose last user
# takes the gate's mark off every task, and a function tracer on hooked functions.

# shellcheck source=selftests/life/common.sh disable=SC2154,SC2086
. "$(dirname "$0")/common.sh"

tracing=/sys/kernel/tracing
make_jail
mkfifo "$jail/long" "$jail/answer"
# Runs before the module is there, and is in one call for as long as we like.
# shellcheck disable=SC2016 # for the shell in the container
contain /bin/sh -c 'echo here >/answer; read -r word </long
	: >/tried; echo "$word" >/answer' &
read -r word <"$jail/answer"
load sweep_ms=100
ok $? "the module loads"

mkfifo "$jail/go" "$jail/done"
# shellcheck disable=SC2016 # for the shell in the container
# The container works all the while, and says when it has been through a round.
contain /bin/sh -c 'while read -r word </go; do
	mkdir /d && rmdir /d && /bin/true && echo "$word" >/done; done' &
round()
{
	echo "$1" >"$jail/go"
	read -r word <"$jail/done"
	is "the container works $2" "$word" "$1"
}
round 1 "before"

for i in 1 2 3; do
	echo 1 >$tracing/events/raw_syscalls/sys_enter/enable
	round "on$i" "while its calls are traced"
	echo 0 >$tracing/events/raw_syscalls/sys_enter/enable
	limit=$(($(date +%s) + 20))
	while [ "$(counter rearmed)" -lt "$i" ] && [ "$(date +%s)" -lt $limit ]; do
		:
	done
	is "the marks were set again" "$(counter rearmed)" "$i"
	round "off$i" "after that"
done

gate_hits()
{
	nsguardctl status | awk '$1 == "syscall_trace_enter" { print $2 }'
}
before=$(gate_hits)
round 2 "again"
after=$(gate_hits)
test "$after" -gt "$before"
ok $? "its calls pass the gate ($before, $after)"

# Nobody else in a container does anything now.
before=$(gate_hits)
echo long >"$jail/long"
read -r word <"$jail/answer"
is "who was in one call all the while goes on" "$word" long
after=$(gate_hits)
test "$after" -gt "$before"
ok $? "and its calls pass the gate ($before, $after)"

# The hooks that are shared with another tracer are called from its list.
printf '%s\n' commit_creds security_file_open bprm_execve wake_up_new_task \
	>$tracing/set_ftrace_filter
echo function >$tracing/current_tracer
round 3 "with a tracer on the same functions"
is "every hook is live with it" "$(nsguardctl status | grep -c UNHEALTHY)" 0
echo nop >$tracing/current_tracer
: >$tracing/set_ftrace_filter
round 4 "and without it"

is "no event came of all this" "$(counter events)" 0
is "nobody was killed" "$(counter kills)" 0
exec 9>"$jail/go"
exec 9>&-
wait
# The marks are set again while the module leaves.
touch "$tmp/go"
while [ -e "$tmp/go" ]; do
	echo 1 >$tracing/events/raw_syscalls/sys_enter/enable
	echo 0 >$tracing/events/raw_syscalls/sys_enter/enable
done &
toggler=$!
leave
ok $? "it retires and goes while calls are traced off and on"
load sweep_ms=100
ok $? "it loads meanwhile"
rm "$tmp/go"
wait $toggler
leave
ok $? "it retires and goes"
finish
