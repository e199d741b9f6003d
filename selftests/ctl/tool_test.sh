#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nsguardctl as a user meets it on a machine without the module: usage, exit
# codes, messages, manual and completion.  TAP on standard output.
#
# usage: tool_test.sh NSGUARDCTL NSGUARD_7 USERSPACE_FOLDER

tool=$1
page=$2
folder=$3
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
expect 0 out '^  status .*  state, mode' --help
expect 0 out '^  explain \[RULE|FILE|-\] ' --help

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$folder/../dkms.conf")
expect 0 out "^nsguardctl $version\$" --version
grep -q "^#define VERSION \"$version\"\$" "$folder/../module/main.c"
ok $? "the module has the same version, $version"

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

expect 2 err '^Usage: nsguardctl' doctor now
expect 1 out '^WRONG  module  *it is not loaded' doctor
expect 1 out '^{"well":false,"findings":\[{"check":"module","state":"wrong",' \
	doctor --json

missing='not loaded (no generic netlink family "nsguard")'
expect 1 err "$missing" status
expect 1 err "$missing" --json status
expect 1 err "$missing" containers -j
expect 1 err "$missing" mode
expect 1 err "$missing" mode audit
expect 1 err "$missing" monitor --count 1
expect 1 err "$missing" register 1

expect 0 out '^cred-commit  ' explain
expect 0 out '^\[{"rule":"mark-cleared",' explain -j
expect 0 out '^cred-commit (integrity, ATT&CK T1068)$' explain cred-commit
expect 0 out '^{"rule":"fs-root",.*"next":' --json explain fs-root
expect 2 err '^Usage: nsguardctl' explain fs-root fs-pointer
expect 1 err 'neither a rule .* nor a file' explain fs-ruth
expect 1 err 'no event in /dev/null' explain /dev/null
cat >"$tmp/events" <<END
{"seq":1,"rule":"fs-root","verdict":"kill","mode":"enforce"}
{"lost":3}
{"config":"mode","old":"enforce","new":"audit"}
{"lost":null}
{"seq":5,"rule":"ns-foreign","verdict":"audit","mode":"audit"}
END
expect 0 out '^? AUDIT rule=ns-foreign mode=audit seq=5$' explain "$tmp/events"
expect 0 out '^{"event":{"seq":5,.*"explanation":{"rule":"ns-foreign"' \
	explain -j "$tmp/events"
timeout 20 "$tool" explain - <"$tmp/events" >"$tmp/stdin" &&
	run 0 explain "$tmp/events" && cmp -s "$tmp/out" "$tmp/stdin"
ok $? "explain takes events from the standard input"
printf '{"rule":"fs-root"} {"rule":' >"$tmp/half"
run 1 explain "$tmp/half" && grep -q 'fs-root' "$tmp/out" &&
	grep -q 'is not JSON' "$tmp/err"
ok $? "explain: half an event is told of behind the whole one"
echo '[1]' >"$tmp/list"
expect 1 err 'something else than events' explain "$tmp/list"

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

unit=$folder/systemd/nsguard.service
systemd-analyze --man=no verify "$unit" >"$tmp/out" 2>"$tmp/err" &&
	! [ -s "$tmp/err" ]
ok $? "the unit is well-formed"
! grep -q '^Condition\|^Assert' "$unit"
ok $? "nothing skips the unit in silence"

for file in "$page" "$folder/man/nsguardctl.8"; do
	mandoc -T lint -W style "$file" >"$tmp/out" 2>"$tmp/err"
	ok $? "${file##*/} is well-formed"
done
printf '.TH X 1\n.NOSUCH\n' >"$tmp/bad.1"
! mandoc -T lint -W style "$tmp/bad.1" >"$tmp/out" 2>"$tmp/err"
ok $? "a page that is not is noticed"
for name in $(sed -n 's/^module_param[a-z_]*(\([a-z_]*\),.*/\1/p' \
	"$folder"/../module/*.c); do
	grep -q "^\.B $name$" "$page"
	ok $? "nsguard.7 has the parameter $name"
done

verbs=$("$tool" --help | sed -n '3,/^$/s/^  \([a-z]*\).*/\1/p')
for verb in $verbs; do
	grep -q "^\.\(B\|BR\) $verb" "$folder/man/nsguardctl.8"
	ok $? "the manual tells of $verb"
	test "$(suggest nsguardctl "${verb%?}")" = "$verb"
	ok $? "completion knows $verb"
done
test "$(echo "$verbs" | wc -w)" -eq 7
ok $? "seven verbs"
test "$(suggest nsguardctl -j mode a)" = audit
ok $? "completion knows the modes"
test "$(suggest nsguardctl monitor --c)" = --count
ok $? "completion knows the options of monitor"
test "$(suggest "$tool" explain cred-co)" = "cred-content cred-commit"
ok $? "completion knows the rules"

echo "1..$count"
exit $failed
