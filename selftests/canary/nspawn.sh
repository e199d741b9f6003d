#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. ./canary/common.sh

cp -a $tree $tmp/tree
run="systemd-nspawn -q --pipe -M box -D $tmp/tree"
show "systemd-nspawn" $run sh -c "$work"
more show "systemd-nspawn, least privilege" $run --drop-capability all \
	--no-new-privileges yes sh -c "$work"
more show "systemd-nspawn -x" $run -x sh -c "$work"
more show "systemd-nspawn --private-network" $run --private-network sh -c "$work"
show "systemd-nspawn --private-users" $run --private-users=393216:65536 \
	--private-users-ownership=chown sh -c "$work"
rm -rf $tmp/tree
cp -a $tree $tmp/tree

silent "systemd-nspawn as a service" systemd-run -q --unit box \
	systemd-nspawn -q --keep-unit -M box -D $tmp/tree --as-pid2 sleep 1000
until_true machinectl show box -p Leader >/dev/null 2>&1
leader=$(machinectl show box -p Leader --value)
known "$leader" certain "systemd-nspawn"
show "machinectl" sh -c 'machinectl list --no-legend | cut -d " " -f 1-3'
show "nsenter -a" nsenter -t "$pid" -a sh -c "$work"
more show "nsenter -m" nsenter -t "$pid" -m /bin/busybox sh -c "$work"
more show "nsenter -n -p -i -u" nsenter -t "$pid" -n -p -i -u /bin/busybox sh -c "$work"
silent "machinectl terminate" machinectl terminate box
until_true sh -c '! machinectl show box' >/dev/null 2>&1
# Its first process was killed.
systemctl reset-failed box
finish
