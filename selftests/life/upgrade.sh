#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An upgrade while containers run: what it costs in time without protection, by the
# kernel's clock, from the state "leaving" to the next "guarding", and that what was
# watched is watched again.
#
# usage: upgrade.sh TIMES

# shellcheck source=selftests/life/common.sh disable=SC2154,SC2086
. "$(dirname "$0")/common.sh"

# Milliseconds of the last line of the log that has the words.
when()
{
	dmesg | awk -v words="$1" 'index($0, words) {
		gsub(/^\[ *|\].*/, ""); last = $1
	} END { printf "%d\n", last * 1000 }'
}

tracked()
{
	nsguardctl --json status | tr ',{' '\n\n' |
		sed -n 's/.*"tasks":\([0-9]*\).*/\1/p'
}

times=$1
make_jail
mkfifo "$jail/go" "$jail/done"
load
ok $? "it loads"
# shellcheck disable=SC2016 # for the shell in the container
contain /bin/sh -c 'while read -r word </go; do echo "$word" >/done; done' &
contain /bin/sh -c 'exec sleep 1000' &
sleeper=$!
echo before >"$jail/go"
read -r word <"$jail/done"
is "a container works" "$word" before
until [ "$(tracked)" = 2 ]; do
	kill -0 $sleeper || break
done
is "two tasks are tracked" "$(tracked)" 2

i=0
while [ $i -lt "$times" ]; do
	i=$((i + 1))
	leave && load || break
	echo "# without protection: $(($(when 'loading -> guarding') -
		$(when 'guarding -> leaving'))) ms"
	is "they are tracked again" "$(tracked)" 2
	echo "$i" >"$jail/go"
	read -r word <"$jail/done"
	is "the container works on" "$word" "$i"
done
is "upgrades" "$i" "$times"
is "no event" "$(counter events)" 0
kill $sleeper
exec 9>"$jail/go"
exec 9>&-
leave
ok $? "it retires and goes"
finish
