#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loads the module, whose KUnit suites run then (the debug guest has them built
# in), and turns their KTAP of the kernel log into flat TAP: one result for
# each innermost case.
#
#	kunit.sh [SUITE]
#
# All of them, or those that match a pattern.

tmp=$(mktemp -d)
printf '%s' "${1:-*}" >/sys/module/kunit/parameters/filter_glob
# Everything from here on: kmsg's reader starts at the oldest message.
mark="kunit.sh: begin $$"
echo "$mark" >/dev/kmsg
insmod /nsguard/nsguard.ko mode=off
loaded=$?
dmesg >"$tmp/log"
if [ -e /sys/module/nsguard/parameters/retire ]; then
	echo 1 >/sys/module/nsguard/parameters/retire
	rmmod nsguard
fi

awk -v mark="$mark" -v loaded="$loaded" '
index($0, mark) { on = 1; next }
!on { next }
{ sub(/^\[ *[0-9.]+\] /, "") }
/^ *# Subtest: / {
	depth = index($0, "#") - 1
	name[depth] = $3
	cases[depth] = 0
	plan[depth] = ""
	next
}
/^ *1\.\.[0-9]+$/ {
	depth = match($0, /[0-9]/) - 1
	text = $1
	sub(/^1\.\./, "", text)
	plan[depth] = text
	next
}
/^ *(not )?ok [0-9]+ / {
	depth = match($0, /[no]/) - 1
	line = $0
	sub(/^ */, "", line)
	bad = line ~ /^not /
	sub(/^(not )?ok [0-9]+ (- )?/, "", line)
	cases[depth]++
	# The end of a suite, which has a plan, or of a parameterised case, which
	# has none: check what it holds.
	if ((depth + 4) in name) {
		inner = depth + 4
		if (!cases[inner] || (plan[inner] != "" ? \
		    cases[inner] != plan[inner] : depth < 4)) {
			count++
			print "not ok " count " - " name[inner] \
				": " cases[inner] " results, plan " plan[inner]
		}
		if (bad) {
			count++
			print "not ok " count " - " name[inner]
		}
		delete name[inner]
		next
	}
	count++
	print (bad ? "not " : "") "ok " count " - " name[depth] ": " line
	next
}
/^ *# / { sub(/^ */, ""); comment = $0; print comment }
END {
	count++
	print (loaded ? "not " : "") "ok " count " - the module is loaded"
	count++
	print (cases[0] > 0 && cases[0] == plan[0] ? "" : "not ") "ok " count \
		" - " cases[0] + 0 " suites of " plan[0] + 0 " ran"
	print "1.." count
}' "$tmp/log"
rm -r "$tmp"
