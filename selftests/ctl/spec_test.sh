#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# uapi/nsguard.yaml is what the kernel's tools take, and the compiler notices
# where it and the header differ.  TAP on standard output.

spec=../../uapi/nsguard.yaml
count=0
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

ok()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	sed 's/^/# /' "$tmp/log"
	failed=1
}

valid()
{
	/usr/bin/python3 spec.py validate "$1" "$schema" >"$tmp/log" 2>&1
}

# Does it agree with the header?
agrees()
{
	/usr/bin/python3 spec.py header "$1" >"$tmp/spec_made.h" 2>"$tmp/log" &&
		echo '#include "spec.h"' | cc -fsyntax-only -x c -I. -I"$tmp" \
			-I../../uapi - 2>"$tmp/log"
}

# differs TEXT SED-SCRIPT: the compiler sees this change
differs()
{
	sed "$2" $spec >"$tmp/changed.yaml"
	! cmp -s $spec "$tmp/changed.yaml" && ! agrees "$tmp/changed.yaml" &&
		grep -q 'error:' "$tmp/log"
	ok $? "$1"
}

last=$(awk '/subset-of/ { exit } $2 == "{" { name = $4 }
	END { sub(",", "", name); print name }' $spec)
schema=$(./schema 2>"$tmp/log")
valid $spec
ok $? "it is what the kernel's schema says"
sed 's/type: s32/type: s33/' $spec >"$tmp/changed.yaml"
! valid "$tmp/changed.yaml" && grep -q s33 "$tmp/log"
ok $? "the schema is asked"
agrees $spec
ok $? "it agrees with the header"
differs "an attribute is missing" '/name: event-target,/d; s/ event-target,$//'
differs "the last attribute is missing" \
	"/name: $last,/d; s/ $last,//"
differs "two attributes have changed places" \
	's/status-tasks, type/X/; s/status-containers, type/status-tasks, type/
	s/X/status-containers, type/'
differs "an attribute is new" \
	"s/.*name: $last,.*/&\n      - { name: later, type: u8 }/"
differs "a mode is missing" 's/audit, enforce \]/audit ]/'
differs "a layer is missing" 's/, transition \]/ ]/'
differs "a command has another name" 's/name: mode-set/name: mode-put/'
differs "another version" 's/^version: 1/version: 2/'
echo "1..$count"
exit $failed
