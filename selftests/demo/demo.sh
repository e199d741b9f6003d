#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: the same container twice, without nsguard and with it. Fails
# when either does not go as it is told.

set -e
here=/nsguard/tests/demo
bundle=/run/demo
secret=/host/secret
mark=/host/mark

make_bundle()
{
	mkdir -p $bundle/rootfs
	cp $here/exploit $bundle/rootfs/
	cat >$bundle/config.json <<END
{ "ociVersion": "1.0.2",
  "process": {
    "user": { "uid": 31337, "gid": 31337 }, "cwd": "/",
    "args": [ "/exploit", "$secret", "$mark" ], "noNewPrivileges": true,
    "capabilities": { "bounding": [], "effective": [], "permitted": [] } },
  "root": { "path": "rootfs" }, "hostname": "demo",
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs" },
    { "destination": "/dev/nsguard_fixture", "type": "bind",
      "source": "/dev/nsguard_fixture", "options": [ "bind", "rw" ] } ],
  "linux": {
    "resources": { "devices": [ { "allow": true, "access": "rwm" } ] },
    "namespaces": [ { "type": "pid" }, { "type": "network" },
      { "type": "ipc" }, { "type": "uts" }, { "type": "mount" },
      { "type": "cgroup" } ] } }
END
}

run_container()
{
	status=0
	runc run -b $bundle demo </dev/null || status=$?
	[ $status -ne 137 ] || echo "  (killed)"
	if [ -e $mark ]; then
		echo "  host> $mark: $(cat $mark)"
	else
		echo "  host> no $mark"
	fi
}

fail()
{
	echo "demo: $*"
	exit 1
}

make_bundle
insmod /nsguard/nsguard_fixture.ko i_am_a_throwaway_guest=1
echo "the host's secret is $(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' ')" \
	>$secret
chmod 600 $secret

echo "== runc run, without nsguard"
run_container
[ $status -eq 0 ] && [ -e $mark ] || fail "the exploit should have worked"
rm $mark

echo "== insmod nsguard.ko; the same container"
insmod /nsguard/nsguard.ko
nsguardctl monitor >/run/events 2>/run/listening &
monitor=$!
until grep -q listening /run/listening; do
	kill -0 $monitor || fail "no monitor"
done
run_container
[ $status -eq 137 ] && [ ! -e $mark ] || fail "the exploit worked"
until [ -s /run/events ]; do
	kill -0 $monitor || fail "no event"
done
{ kill $monitor; wait $monitor || true; } 2>/dev/null
echo "== nsguardctl monitor"
cat /run/events
