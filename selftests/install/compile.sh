#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The README's commands up to "make install" in the tree of a fresh system, for
# the kernel RELEASE, which is not the one that runs here: an emulator takes half
# an hour for what is a minute on the machine itself.  TAP on standard output.
#
#	compile.sh IMAGE RELEASE	in a mount namespace of its own

set -u
. "$(dirname "$0")/../../scripts/lib.sh"

image=$1 release=$2
if [ "${3:-}" != inside ]; then
	exec unshare --mount --propagation private "$0" "$@" inside
fi
tree=$(mktemp -d)
trap 'umount -R "$tree" 2>/dev/null; rmdir "$tree"' EXIT
mount -o loop "$image" "$tree" && mount --rbind /dev "$tree/dev" &&
	mount -t proc proc "$tree/proc" || die "can't mount the system"
# In the guest this is the unit that has no module; make install brings it.
rm -f "$tree/etc/systemd/system/nsguard.service"
mkdir "$tree/root/nsguard"
rsync -a --exclude .git --exclude build/ "$TOP/" "$tree/root/nsguard"
make -s -C "$tree/root/nsguard" clean
# shellcheck disable=SC2016 # for the shell in there
chroot "$tree" env -i PATH="$PATH" HOME=/root DEBIAN_FRONTEND=noninteractive \
	KERNEL="$release" bash -c '
	uname() { echo "$KERNEL"; }
	cd /root/nsguard || exit
	! command -v gcc && ! command -v dkms && echo "ok 1 - a fresh system"
	count=1
	while read -r command; do
		start=$SECONDS
		eval "$command" >/tmp/log 2>&1 </dev/null || {
			tail -n 20 /tmp/log | sed "s/^/# /"
			echo "not ok $((++count)) - $command"
			break
		}
		echo "ok $((++count)) - $command"
		echo "# $((SECONDS - start)) s: $command" >&2
		[ "$command" != "make install" ] || break
	done
	echo "1..$count"' < <("$TOP/selftests/install/commands")
