#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest, with the instrumented module (stall/run): goes through what makes
# the module work long at a time.  stall.sh CONTAINERS TASKS [FOLDER]
# Prints "PHASE KIND PLACE MOST MOST-INTERRUPTED COUNT".

CONTAINERS=$1
TASKS=$2
MODULES=${3:-/host}
ALL=$((CONTAINERS * TASKS))
HERE=/nsguard/tests/bench
JAIL=/tmp/jail
MEASURED=/sys/kernel/debug/nsguard_stall
PARAMETERS=/sys/module/nsguard/parameters
TRACING=/sys/kernel/tracing

fail()
{
	echo "FAILED $*"
	exit 1
}

clear()
{
	echo 1 >$MEASURED
}

phase()
{
	sed "s/^/$1 /" $MEASURED
	echo "# $1: $(nsguardctl status 2>/dev/null |
		awk '$1 == "tasks" || $1 == "containers" || $1 == "events" ||
			$1 == "kills" || $1 == "sweeps" { print $1, $2 }' | tr '\n' ' ')"
	clear
}

# value NAME: of the module's status
value()
{
	nsguardctl --json status | tr ',{' '\n\n' |
		sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" | head -n 1
}

load()
{
	insmod $MODULES/nsguard.ko mode=audit sweep_ms=200 || fail load
}

leave()
{
	echo 1 >$PARAMETERS/retire && rmmod nsguard || fail leave
}

# The crowd's commands are letters, its answers lines.
crowd()
{
	echo "$1" >&3
	read -r answer <&4 && [ "$answer" = "$1" ] || fail "crowd $1: $answer"
}

# nasty CASE N: up to where it is prepared; go and over do the rest
nasty()
{
	$HERE/nasty "$1" $JAIL "$2" </tmp/in >/tmp/out &
	nasty_pid=$!
	exec 5>/tmp/in 6</tmp/out
	answer
}

answer()
{
	read -r answer <&6 || fail "nasty: $answer"
}

go()
{
	echo go >&5
}

over()
{
	exec 5>&- 6<&-
	wait $nasty_pid
}

mkdir -p $JAIL/proc $JAIL/new
cp $HERE/crowd $HERE/nasty $JAIL/
mkfifo /tmp/command /tmp/told /tmp/in /tmp/out
insmod $MODULES/nsguard_stall.ko || fail nsguard_stall

load
phase load
$HERE/crowd $JAIL "$CONTAINERS" "$TASKS" </tmp/command >/tmp/told &
exec 3>/tmp/command 4</tmp/told
read -r answer <&4 || fail "the crowd did not come up"
[ "$(value tasks)" -ge $ALL ] || fail "only $(value tasks) tasks are tracked"
phase start
sleep 10
phase sweep
crowd c
phase calls
nsguardctl containers | wc -l | sed 's/^/# listed: /'
nsguardctl status >/dev/null
phase containers

before=$(value events)
start=$(date +%s)
crowd a
echo "# alerts: $(($(value events) - before)) in $(($(date +%s) - start)) s"
sleep 1
phase alerts

for i in 1 2 3; do
	echo 1 >$TRACING/events/raw_syscalls/sys_enter/enable
	crowd c
	echo 0 >$TRACING/events/raw_syscalls/sys_enter/enable
done
sleep 1
phase rearm

nasty fork 200
go
answer
over
phase fork
nasty exec 200
go
answer
over
phase exec

nasty groups 100
phase groups-made
sleep 3
go
answer
go
over
phase groups

nasty namespaces 4096
phase namespaces
go
answer
sleep 1
phase namespaces-end
go
over
phase namespaces-gone

nasty threads 1000
phase threads
go
over
sleep 1
phase threads-end

nasty pivot 1000
phase pivot-made
go
answer
phase pivot
go
over
phase pivot-end

crowd l
sleep 1
phase namespace-shared
crowd k
crowd k
sleep 1
phase end

leave
phase retire

load
sleep 2
phase adopt
crowd c
phase fill
[ "$(value tasks)" -ge $((ALL - 3 * TASKS)) ] || fail "only $(value tasks) adopted"
sleep 10
phase sweep-adopted
exec 3>&- 4<&-
wait
sleep 1
phase all-end

nasty pivot "$ALL"
phase pivot-many-made
go
answer
phase pivot-many
sleep 5
phase sweep-one
go
over
sleep 1
phase pivot-many-end
leave
phase last

# Violations wherever they are met.  These load the module themselves.
attack()
{
	./attack/"$@" >/tmp/log 2>&1 || {
		sed 's/^/# /' /tmp/log
		fail "$*"
	}
	phase "$1"
}

mount --bind "$MODULES/nsguard.ko" /nsguard/nsguard.ko
cd /nsguard/tests || fail tests
attack flood 2000
attack layers enforce
echo "end of the phases"
