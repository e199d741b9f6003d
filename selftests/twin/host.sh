#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What an administrator does on the host:
#
#	host.sh --list | NAME
#
# $PID is the first process of a container. Util-linux's programs are called
# by path, since busybox's shell has some of the same name. Status 4: this
# kernel can't.

# shellcheck disable=SC2086

set -e
bin=/usr/bin
user="--reuid 1000 --regid 1000 --clear-groups"

skip()
{
	echo "skipped: $1"
	exit 4
}

# A policy namespace of AppArmor, which has a profile without any policy.
# Proving its locks the kernel complains of AppArmor's making one.
policy=/sys/kernel/security/apparmor/policy/namespaces/twin
make_policy()
{
	[ ! -e /proc/lockdep ] || skip "AppArmor's locks are reported here"
	mkdir $policy 2>/dev/null || skip "no AppArmor"
}

# A root of its own, with what a shell in it needs.
make_jail()
{
	mkdir -p /run/jail/bin /run/jail/proc
	cp /bin/busybox /run/jail/bin/
	for applet in sh ls cat echo id true grep; do
		ln -s busybox "/run/jail/bin/$applet"
	done
}

# contain COMMAND: to a shell in a container
contain()
{
	$bin/unshare --mount --pid --fork chroot /run/jail /bin/sh -c \
		"/bin/busybox mount -t proc proc /proc; $1"
}

case $1 in
--list)
	echo nsenter-all nsenter-net nsenter-mnt nsenter-some nsenter-wd \
		unshare unshare-user rootless netns chroot setpriv setuid \
		cgroup coredump-pipe apparmor apparmor-stale strace runc \
		runc-user
	;;
nsenter-all)
	$bin/nsenter -t "$PID" -a /program =entered
	$bin/nsenter -t "$PID" -a /program visit
	;;
nsenter-net)
	$bin/nsenter -t "$PID" -n ls /sys/class/net
	;;
nsenter-mnt)
	$bin/nsenter -t "$PID" -m /program =visitor
	$bin/nsenter -t "$PID" -m /program visit
	;;
nsenter-some)
	# All but the control group's: what most people type.
	$bin/nsenter -t "$PID" -m -u -i -n -p /program =visitor
	$bin/nsenter -t "$PID" -m -u -i -n -p /program visit
	$bin/nsenter -t "$PID" -m -u -i -n -p /program unshare-each
	$bin/nsenter -t "$PID" -m -u -i -n -p /program setns-each
	$bin/nsenter -t "$PID" -m -p $bin/env true 2>/dev/null || echo "not there"
	;;
nsenter-wd)
	$bin/nsenter -t "$PID" -m -p --root --wd=/ /program =rooted
	;;
unshare)
	$bin/unshare -m -p -f --mount-proc sh -c 'echo $$; ls -d /proc/1'
	;;
unshare-user)
	$bin/unshare -Urm sh -c 'id -u; mount -t tmpfs t /mnt; touch /mnt/file
		ls /mnt'
	;;
rootless)
	$bin/setpriv $user $bin/unshare -Urmpnf sh -c 'id -u; hostname'
	;;
netns)
	touch /run/twin-ns
	$bin/unshare -n mount --bind /proc/self/ns/net /run/twin-ns
	$bin/nsenter --net=/run/twin-ns wc -l /proc/self/net/dev
	umount /run/twin-ns
	rm /run/twin-ns
	;;
chroot)
	mkdir /tmp/jail
	cp /bin/busybox /tmp/jail/
	chroot /tmp/jail /busybox id -u
	rm -r /tmp/jail
	;;
setpriv)
	$bin/setpriv --reuid 5 --regid 6 --groups 7,8 id
	;;
setuid)
	cp /nsguard/tests/twin/twin /tmp/setuid
	chown 9:9 /tmp/setuid
	chmod 6755 /tmp/setuid
	$bin/setpriv $user /tmp/setuid =setuid
	rm /tmp/setuid
	;;
cgroup)
	# To another group and back, frozen on the way.
	home=$(sed -n 's/^0:://p' "/proc/$PID/cgroup")
	mkdir /sys/fs/cgroup/twin /sys/fs/cgroup/twin/below
	for at in twin twin/below; do
		echo "$PID" >/sys/fs/cgroup/$at/cgroup.procs
		echo 1 >/sys/fs/cgroup/$at/cgroup.freeze
		echo 0 >/sys/fs/cgroup/$at/cgroup.freeze
		$bin/nsenter -t "$PID" -a /program =moved
	done
	echo "$PID" >"/sys/fs/cgroup$home/cgroup.procs"
	$bin/nsenter -t "$PID" -a /program =back
	rmdir /sys/fs/cgroup/twin/below /sys/fs/cgroup/twin
	;;
coredump-pipe)
	# The helper is the kernel's child; who dumps waits until it has closed
	# the pipe.
	pattern=$(cat /proc/sys/kernel/core_pattern)
	printf '#!/bin/sh\nhead -c 4 >/run/core\ncat >/dev/null\n' >/run/dumper
	chmod 755 /run/dumper
	echo "|/run/dumper %P" >/proc/sys/kernel/core_pattern
	$bin/nsenter -t "$PID" -a /program coredump
	make_jail
	contain 'ulimit -c unlimited; sh -c "kill -SEGV \$\$"; echo $?'
	echo "$pattern" >/proc/sys/kernel/core_pattern
	tail -c 3 /run/core
	echo
	rm -r /run/core /run/dumper /run/jail
	;;
apparmor)
	make_policy
	make_jail
	contain 'cat /proc/self/attr/apparmor/current
		exec 3>/proc/self/attr/apparmor/current
		echo "changeprofile :twin://unconfined" >&3 && id -u && ls /bin
		cat /proc/self/attr/apparmor/current
		/bin/sh -c "id -u; cat /proc/self/attr/apparmor/current"'
	rmdir $policy
	rm -r /run/jail
	;;
apparmor-stale)
	# The label goes while the task has it: it is replaced from a hook of
	# AppArmor's own.
	make_policy
	make_jail
	mkfifo /run/jail/ready /run/jail/go
	contain 'echo "changeprofile :twin://unconfined" \
			>/proc/self/attr/apparmor/current
		echo >/ready
		read x </go
		id -u; ls /bin; echo >/file; cat /file; /bin/true
		/bin/busybox mkdir /dir; /bin/busybox mount -t tmpfs t /dir' &
	read -r _ </run/jail/ready
	rmdir $policy
	echo >/run/jail/go
	wait $!
	rm -r /run/jail
	;;
strace)
	# A tracer on the host, of a container that starts under it.
	make_jail
	/nsguard/tests/twin/twin trace $bin/unshare --mount --pid --fork \
		chroot /run/jail /bin/sh -c 'id -u; ls /bin; true | cat'
	rm -r /run/jail
	;;
runc|runc-user)
	mkdir -p /run/twin/rootfs/bin
	cp /bin/busybox /run/twin/rootfs/bin/
	cd /run/twin
	if [ "$1" = runc ]; then
		runc spec
	else
		# The map of `runc spec --rootless`, with root to map more.
		runc spec --rootless
		sed -i 's/"hostID": 0/"hostID": 100000/;s/"size": 1$/"size": 65536/' \
			config.json
		chown -R 100000:100000 rootfs
	fi
	sed -i -e 's/"terminal": true/"terminal": false/' \
		-e 's/"sh"/"busybox", "sleep", "1000"/' config.json
	runc run -d twin </dev/null >/dev/null
	runc exec twin busybox id
	runc exec --user 1234:1234 twin busybox id
	runc exec twin busybox unshare -n busybox true || echo "no capability"
	runc pause twin
	runc resume twin
	runc kill twin KILL
	runc delete -f twin
	rm -r /run/twin
	;;
*)
	exit 2
	;;
esac
