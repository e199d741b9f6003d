# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# SPDX-License-Identifier: GPL-2.0
# What the canary's cases share; sourced.
#
# What begins with "#" is compared with the other boots of the guest; it has to
# be the same with nsguard and without.

archive=/usr/share/canary/root.tar
tree=/usr/share/canary/root
tmp=$(mktemp -d)
# Others than root come by.
chmod 755 "$tmp"
count=0
failed=0
full=''
[ "${1:-}" != full ] || full=1
guarded=''
[ ! -d /sys/module/nsguard ] || guarded=1

# What a container's programs do: at least once each of what nsguard looks at.
# Mounts have names by which they are told apart, and what a container has of its own
# may be in them.  systemd mounts and unmounts a user's /run/user, a service's
# credentials and binfmt_misc when it likes, and podman's processes their storage upon
# itself, in each other's way, and those are no matter of theirs.
work='
id
grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)" /proc/self/status
cut -d " " -f 5 /proc/self/mountinfo |
	grep -vE "^/run/(user|credentials)/" |
	grep -vxE "/proc/sys/fs/binfmt_misc|/var/lib/containers/storage/overlay" |
	sed -E "s/[0-9a-f-]{12,}/ID/g" | sort
echo data >/tmp/file && chmod 640 /tmp/file && cat /tmp/file
mv /tmp/file /tmp/other && ln -s other /tmp/link && cat /tmp/link
rm /tmp/other /tmp/link
sleep 1000 & kill $!; wait $!; echo "killed: $?"
(mount -t tmpfs none /mnt && umount /mnt) 2>/dev/null; echo "mount: $?"
chroot / id -u 2>/dev/null; echo "chroot: $?"
su user -c id 2>/dev/null; echo "su: $?"
unshare -m id -u 2>/dev/null; echo "unshare -m: $?"
unshare -U id -u 2>/dev/null; echo "unshare -U: $?"
unshare -p -f id -u 2>/dev/null; echo "unshare -p: $?"
if ip link show lo | grep -q LOOPBACK,UP; then
	httpd -f -p 127.0.0.1:8080 -h /etc & tries=0
	until wget -q -O /tmp/page http://127.0.0.1:8080/passwd 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || break
		usleep 50000
	done
	kill $!
	grep root /tmp/page
	rm -f /tmp/page
fi
'

# An emulator takes long to start a program: what is asked often is asked by the
# shell itself.
now()
{
	read -r now rest </proc/uptime
	now=${now%.*}${now#*.}
}

# The kernel's log tells in which step something was reported.
step()
{
	echo "nsguard-test: step $1" >/dev/kmsg
}

# What takes long is seen in the log.
took()
{
	since=$now
	now
	echo "$(((now - since) * 10)) ms: $1" >&2
}
now

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

# show TEXT COMMAND...: has to succeed, and to say the same in each boot
show()
{
	text=$1 status=0
	shift
	step "$text"
	"$@" >$tmp/out </dev/null || status=$?
	echo "# $text"
	sed 's/^/#	/' $tmp/out
	took "$text"
	ok $status "$text"
}

# more COMMAND...: only in the full run
more()
{
	[ -z "$full" ] || "$@"
}

# silent TEXT COMMAND...: has to succeed; its output is a number of its own
silent()
{
	text=$1 status=0
	shift
	step "$text"
	"$@" >/dev/null </dev/null || status=$?
	took "$text"
	ok $status "$text"
}

# until_true COMMAND...: at most a minute
until_true()
{
	now
	limit=$((now + 6000)) before=$now
	until "$@"; do
		now
		[ "$now" -lt "$limit" ] || return 1
		sleep 0.1
	done
	now=$before
}

# The last of a line of children, which is the program itself and not what a
# runtime has around it.
last_child()
{
	last=$1
	while [ -n "$last" ]; do
		pid=$last last=''
		read -r last rest <"/proc/$pid/task/$pid/children" || :
	done 2>/dev/null
}

# sleeps PID: has it, or the last of its children, come to "busybox sleep"?
sleeps()
{
	last_child "$1"
	comm='' wchan=''
	# The latter has no end of line, which read takes for a failure.
	read -r comm <"/proc/$pid/comm" || :
	read -r wchan <"/proc/$pid/wchan" || :
	case $comm:$wchan in
	sleep:*nanosleep|busybox:*nanosleep) ;;
	*) return 1 ;;
	esac
} 2>/dev/null

# known PID certain|ambiguous|host TEXT: what nsguard takes it for, or the last of
# its children, which is $pid then
known()
{
	until_true sleeps "$1" || ok 1 "$3 sleeps"
	[ -n "$guarded" ] || return 0
	ns=$(readlink "/proc/$pid/ns/mnt" | tr -dc 0-9)
	is=$($CTL --json containers | jq -r --argjson ns "$ns" '
		[.[] | select(.mnt_ns == $ns).certain] |
		if . == [true] then "certain"
		elif . == [false] then "ambiguous" else "host" end')
	test "$is" = "$2"
	ok $? "$3: known as $2 ($is)"
	took "known"
}

counter()
{
	$CTL status | awk -v name="$1" '$1 == name { print $2 }'
}

events=''
[ -z "$guarded" ] || events=$(counter events)

finish()
{
	# For who has to find out why two boots have not the same mounts.
	cut -d ' ' -f 5 /proc/self/mountinfo | sort | tr '\n' ' ' >&2
	echo >&2
	if [ -n "$guarded" ]; then
		new=$(($(counter events) - events))
		test $new -eq 0
		ok $? "no event ($new)"
		tail -n $new $CANARY/events >&2
	fi
	rm -rf $tmp
	echo "1..$count"
	exit $failed
}
