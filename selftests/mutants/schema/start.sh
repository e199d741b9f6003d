#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest, first of all: what clean.sh leaves mounted.

awk '{ print $2 }' /proc/self/mounts >/run/mounts
# What makes a guest useless for the next one ends it.
for name in panic_on_warn panic_on_rcu_stall softlockup_panic hung_task_panic; do
	[ ! -e /proc/sys/kernel/$name ] || echo 1 >/proc/sys/kernel/$name
done
# So does who waits for a lock that nobody gives back.
[ ! -e /proc/sys/kernel/hung_task_timeout_secs ] ||
	echo 30 >/proc/sys/kernel/hung_task_timeout_secs
echo "ok 1 - begun"
echo 1..1
