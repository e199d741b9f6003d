# SPDX-License-Identifier: GPL-2.0
# bash completion for nsguardctl

_nsguardctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb="" word
	local -i i

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		status | containers | register | mode | monitor)
			verb=$word
			break
			;;
		esac
	done

	case $verb in
	"")
		word="status containers register mode monitor --json --help --version"
		;;
	mode)
		word="off audit enforce --json"
		;;
	register)
		word="--pid"
		;;
	monitor)
		word="--count --json"
		;;
	*)
		word="--json"
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}

complete -F _nsguardctl nsguardctl
