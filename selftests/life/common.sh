# shellcheck shell=sh disable=SC2034,SC2086
# SPDX-License-Identifier: GPL-2.0
# What the life-cycle tests share; sourced.

parameters=/sys/module/nsguard/parameters
tmp=$(mktemp -d)
jail=$tmp/jail
count=0
failed=0

ok()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

# refused TEXT COMMAND...: the command has to fail
refused()
{
	text=$1
	shift
	if "$@" >/dev/null 2>&1; then
		ok 1 "$text"
	else
		ok 0 "$text"
	fi
}

is()
{
	test "$2" = "$3"
	ok $? "$1 ($2, $3)"
}

load()
{
	insmod /nsguard/nsguard.ko "$@"
}

leave()
{
	echo 1 >$parameters/retire && rmmod nsguard
}

counter()
{
	nsguardctl status | awk -v name="$1" '$1 == name { print $2 }'
}

# A root of its own, so that what is executed in it is a container's.
make_jail()
{
	mkdir -p "$jail/bin"
	cp /bin/busybox "$jail/bin/"
	for applet in sh true sleep cat echo mkdir rmdir unshare; do
		ln -s busybox "$jail/bin/$applet"
	done
}

# contain COMMAND...: in a container; it is the command's parent that is told
contain()
{
	unshare --mount --pid --fork chroot "$jail" "$@"
}

finish()
{
	rm -rf "$tmp"
	echo "1..$count"
	exit $failed
}
