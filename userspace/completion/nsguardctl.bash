# SPDX-License-Identifier: GPL-2.0
# bash completion for nsguardctl

_nsguardctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb="" word
	local -i i

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		status | containers | register | mode | monitor | explain | doctor)
			verb=$word
			break
			;;
		esac
	done

	case $verb in
	"")
		word="status containers register mode monitor explain doctor --json --help --version"
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
	explain)
		# A file of events is as good.
		compopt -o default 2>/dev/null
		word="$("${COMP_WORDS[0]}" explain 2>/dev/null | cut -d " " -f 1)"
		word+=" --json -"
		;;
	*)
		word="--json"
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}

complete -F _nsguardctl nsguardctl
