# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts that build and run guests; to be sourced.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${NSGUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nsguard}
JOBS=${NSGUARD_JOBS:-$(nproc)}
# mke2fs, depmod and debugfs are in none of a user's own folders.
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

say()
{
	echo "$(basename "$0"): $*" >&2
}

# need COMMAND...: stops with a hint when one is missing
need()
{
	local command

	for command in "$@"; do
		command -v "$command" >/dev/null ||
			die "$command is not installed; run scripts/bootstrap"
	done
}

# locked FILE COMMAND...: runs a command while holding a lock, so that two
# runs do not build the same thing twice
locked()
{
	local file=$1

	shift
	mkdir -p "$(dirname "$file")"
	(
		flock 9
		"$@" 9>&-
	) 9>"$file"
}
