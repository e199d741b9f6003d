#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nsguardctl as a user meets it on a machine without the module: usage, exit
# codes, messages, manual and completion.  TAP on standard output.
#
# usage: tool_test.sh NSGUARDCTL USERSPACE_FOLDER

tool=$1
folder=$2
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
	sed 's/^/# /' "$tmp/out" "$tmp/err"
	failed=1
}

# run CODE ARGUMENT...: nsguardctl leaves with CODE
run()
{
	want=$1
	shift
	timeout 20 "$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	test $? -eq "$want"
}

# expect CODE STREAM PATTERN ARGUMENT...: and STREAM has a line like PATTERN,
# while the other one is empty
expect()
{
	code=$1
	stream=$2
	pattern=$3
	shift 3
	run "$code" "$@" && grep -q -e "$pattern" "$tmp/$stream" &&
		case $stream in
		out) ! [ -s "$tmp/err" ] ;;
		err) ! [ -s "$tmp/out" ] ;;
		esac
	ok $? "nsguardctl $*: $code, $pattern"
}

expect 0 out '^Usage: nsguardctl' --help
expect 0 out '^Usage: nsguardctl' status -h
expect 0 out '^nsguardctl [0-9]' --version

expect 2 err '^Usage: nsguardctl'
expect 2 err 'unknown verb "stat"' stat
expect 2 err '^Usage: nsguardctl' status now
expect 2 err '^Usage: nsguardctl' containers web
expect 2 err '^Usage: nsguardctl' mode audit off
expect 2 err '^Usage: nsguardctl' monitor 3
expect 2 err '"strict" is none of off, audit, enforce' mode strict
expect 2 err 'none of off, audit, enforce' mode ''
expect 2 err '^Usage: nsguardctl' --xml status
expect 2 err 'count takes a positive number' monitor --count 0
expect 2 err 'count takes a positive number' monitor --count -1
expect 2 err 'count takes a positive number' monitor --count 1x
expect 2 err 'count takes a positive number' monitor \
	--count 99999999999999999999
expect 2 err 'count is for monitor' --count 3 status
expect 2 err '^Usage: nsguardctl' register
expect 2 err '^Usage: nsguardctl' register web
expect 2 err '^Usage: nsguardctl' register 3 4
expect 2 err '^Usage: nsguardctl' register 3 --pid 4
expect 2 err 'pid takes the number of a process' register --pid 4294967297
expect 2 err 'pid is for register' --pid 3 status

missing='not loaded (no generic netlink family "nsguard")'
expect 1 err "$missing" status
expect 1 err "$missing" --json status
expect 1 err "$missing" containers -j
expect 1 err "$missing" mode
expect 1 err "$missing" mode audit
expect 1 err "$missing" monitor --count 1
expect 1 err "$missing" register 1

timeout 20 "$tool" --help >/dev/full 2>"$tmp/err"
test $? -eq 1 && grep -q 'cannot write' "$tmp/err"
ok $? "a full disk is an error"

# suggest WORD...: what the last, possibly empty, word may become
suggest()
{
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_nsguardctl; echo "${COMPREPLY[*]}"' \
		"$folder/completion/nsguardctl.bash" "$@"
}

verbs=$("$tool" --help | sed -n '3,/^$/s/^  \([a-z]*\).*/\1/p')
for verb in $verbs; do
	grep -q "^\.\(B\|BR\) $verb" "$folder/man/nsguardctl.8"
	ok $? "the manual tells of $verb"
	test "$(suggest nsguardctl "${verb%?}")" = "$verb"
	ok $? "completion knows $verb"
done
test "$(echo "$verbs" | wc -w)" -eq 5
ok $? "five verbs"
test "$(suggest nsguardctl -j mode a)" = audit
ok $? "completion knows the modes"
test "$(suggest nsguardctl monitor --c)" = --count
ok $? "completion knows the options of monitor"

echo "1..$count"
exit $failed
