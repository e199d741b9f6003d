// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "rules.h"

#define INTEGRITY_NEXT							\
	"Treat it as a kernel exploit that ran: take the container off the " \
	"network, keep its image and its volumes, look at task and parents " \
	"for the way in, and update the kernel."

#define NO_INNOCENT							\
	"Nothing that is known. A driver or a module from outside the "	\
	"kernel's tree that changes credentials by itself would look like it."

const struct rule rules[] = {
	{
		.name = "mark-cleared",
		.family = "integrity",
		.technique = "T1562.001",
		.title = "a task's mark for the system-call gate was taken off",
		.meaning = "The kernel's mark that sends each system call of a container's task through nsguard's gate is gone. The task was found without it at a point of use or by the sweep.",
		.gain = "System calls that nsguard does not compare at their entry: the step before another one that is to stay unseen. It shows an attacker who can write to kernel memory and knows nsguard.",
		.innocent = "Tracing of all system calls (perf trace, the raw_syscalls tracepoints) takes the marks off when it ends. nsguard sets them again and counts that (rearmed); it is not reported.",
		.next = INTEGRITY_NEXT,
	}, {
		.name = "cred-pointer",
		.family = "integrity",
		.technique = "T1068",
		.title = "a task's credential was exchanged behind the kernel's back",
		.meaning = "The task points to another credential than the one that the kernel gave it by commit_creds().",
		.gain = "All that the planted credential grants, mostly root of the host with every capability.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "cred-subjective",
		.family = "integrity",
		.technique = "T1068",
		.title = "a task acts under another credential than its own",
		.meaning = "At the entry of a system call the credential that the task acts under is not the one that it has. The kernel makes the two differ within a call only and puts that back.",
		.gain = "What the borrowed credential grants, while the task looks harmless in /proc.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "cred-userns",
		.family = "integrity",
		.technique = "T1068",
		.title = "a credential was moved to another user namespace in place",
		.meaning = "The user namespace in the task's credential was written. The kernel changes it by a new credential only.",
		.gain = "Its capabilities count in the other namespace: root of the container becomes root of the host.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "cred-content",
		.family = "integrity",
		.technique = "T1068",
		.title = "a credential was overwritten in place",
		.meaning = "Ids, capabilities, groups or securebits differ from what the task was given, in the very same credential. The kernel never writes to one that is in use. The fields that differ are listed with the event.",
		.gain = "Other users' files, or capabilities that the container was not given: the usual end of a use-after-free or of a write to kernel memory.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "cred-commit",
		.family = "integrity",
		.technique = "T1068",
		.title = "a credential was committed that the task could not come to",
		.meaning = "commit_creds() was called with ids, capabilities or a user namespace that no legitimate step leads to from what the task had: capabilities beyond the bounding set, ids without the capability to change them, a user namespace that is not below its own.",
		.gain = "Root of the host in one call, commit_creds(&init_cred), as many exploits end.",
		.innocent = "A module from outside the kernel's tree that raises a task's privileges by itself.",
		.next = INTEGRITY_NEXT,
	}, {
		.name = "nsproxy-pointer",
		.family = "integrity",
		.technique = "T1611",
		.title = "a task's set of namespaces was exchanged behind the kernel's back",
		.meaning = "The task points to another nsproxy than the one that it got by clone(), unshare() or setns().",
		.gain = "The host's mounts, network, IPC and host name in one step.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "nsproxy-content",
		.family = "integrity",
		.technique = "T1611",
		.title = "a namespace was exchanged in place",
		.meaning = "A member of the task's nsproxy, or its process namespace, differs from what the task was given. The kernel never writes to an nsproxy that is in use.",
		.gain = "The namespace that was planted: the host's mounts or network, another container's.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "nsproxy-switch",
		.family = "integrity",
		.technique = "T1611",
		.title = "namespaces were switched outside setns(), unshare() and exec",
		.meaning = "switch_task_namespaces() was called where the kernel never does.",
		.gain = "The host's namespaces in one call, switch_task_namespaces(current, &init_nsproxy), as many exploits end.",
		.innocent = "A module from outside the kernel's tree that moves tasks between namespaces.",
		.next = INTEGRITY_NEXT,
	}, {
		.name = "fs-pointer",
		.family = "integrity",
		.technique = "T1611",
		.title = "a task's fs_struct was exchanged behind the kernel's back",
		.meaning = "The task points to another structure with root and working directory than the one that it was given.",
		.gain = "The root of whom the structure belongs to: the host's files by their ordinary paths.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "fs-root",
		.family = "integrity",
		.technique = "T1611",
		.title = "a task's root was written without chroot(), pivot_root() or setns()",
		.meaning = "The task's root is another directory than the last call that moves roots left there.",
		.gain = "The host's files by their ordinary paths.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "seccomp-weakened",
		.family = "integrity",
		.technique = "T1562.001",
		.title = "a system-call filter was taken off or exchanged",
		.meaning = "The task's seccomp mode or the number of its filters has fallen, or the filter that it had is not below those that it has. The kernel only ever adds.",
		.gain = "The system calls that the runtime had forbidden, as the next step of an attack.",
		.innocent = "Checkpoint and restore (CRIU) suspends filters by a tracer outside the container; nsguard does not take that for a fall. Nothing else is known.",
		.next = INTEGRITY_NEXT,
	}, {
		.name = "nnp-cleared",
		.family = "integrity",
		.technique = "T1562.001",
		.title = "no_new_privs was cleared",
		.meaning = "The task had no_new_privs, which the kernel never takes back, and has it no more.",
		.gain = "Set-user-id programs and file capabilities work again.",
		.innocent = NO_INNOCENT,
		.next = INTEGRITY_NEXT,
	}, {
		.name = "ns-foreign",
		.family = "descent",
		.technique = "T1611",
		.title = "setns() into a namespace that is not the container's",
		.meaning = "A container's task asked for a namespace of the host or of another container. The kernel would have allowed it: the task had a descriptor of it and the capabilities.",
		.gain = "The host's mounts, network or processes, by the shortest of all escapes: nsenter, from a privileged container that sees the host's /proc.",
		.innocent = "A container that administers its host on purpose: a privileged helper that runs nsenter towards process 1, some network and storage plug-ins of clusters.",
		.next = "If the container is to administer the host, that is its job: run it as a service of the host instead. Otherwise find out how it came to the descriptor or to the host's /proc (a mount, --pid=host, --privileged) and take that away.",
	}, {
		.name = "root-foreign",
		.family = "descent",
		.technique = "T1611",
		.title = "a root was moved to another's mounts",
		.meaning = "A container's task called chroot() or pivot_root() with a directory that lies in mounts of the host or of another container.",
		.gain = "The host's files by their ordinary paths.",
		.innocent = "A container that was handed a descriptor of the host's root in order to administer it.",
		.next = "Find out who left a descriptor of that directory open when the container started (update the runtime), or which socket it was handed over by.",
	}, {
		.name = "pwd-foreign",
		.family = "descent",
		.technique = "T1611",
		.title = "a working directory in another's mounts",
		.meaning = "A container's task changed by fchdir() to a directory that lies in mounts of the host or of another container.",
		.gain = "The host's files by paths that begin there and go up: what leaked descriptors of runtimes are used for.",
		.innocent = "A container that was handed a descriptor of a directory of the host in order to work in it.",
		.next = "Find out who left the descriptor open when the container started (update the runtime), or which socket it was handed over by.",
	}, {
		.name = "visitor-access",
		.family = "descent",
		.technique = "T1055.008",
		.title = "ptrace() or its like of a host's task that is inside",
		.meaning = "A container's task asked for control of a task of the host that is in the container for a while: a runtime about to start a program, nsenter. ptrace(), process_vm_readv() and _writev(), /proc/PID/mem and pidfd_getfd() count. The event names it as target.",
		.gain = "What the visitor holds: descriptors of the host, its privileges before it gives them up.",
		.innocent = "A debugger or a profiler in the container that attaches to every process it sees.",
		.next = "Look at task: is it a program that the container is meant to run? If not, the container waits for administrators: don't exec into it again, stop it and keep its image.",
	}, {
		.name = "adopt-implausible",
		.family = "integrity",
		.technique = "T1611",
		.title = "a running container was found in a state that can't be",
		.meaning = "When nsguard was loaded the container ran already, and one of its tasks is in a state that it can't have come to by itself, compared with its siblings and its container: a credential or a namespace of the host's. It is reported and nothing is done to it, in enforce too.",
		.gain = "The escape has taken place before nsguard was there.",
		.innocent = "An administrator sent the task inside before the load and it kept a namespace or a root of the host's (nsenter with a few of its options, a debugging session).",
		.next = "Look at the process now: who started it, since when? Nobody has stopped it. If no administrator did, treat the host as taken. To have all containers watched from their start, load nsguard before the runtimes (nsguard.service).",
	}, {
		.name = "kill-storm",
		.family = "integrity",
		.technique = "T1499",
		.title = "violations in many containers at once: nobody is killed for a while",
		.meaning = "There were violations in as many unrelated containers within ten seconds as the parameter storm says. For a minute violations are refused and repaired, and nobody is killed. The event is of the violation that was one too many.",
		.gain = "Lives: an attacker with that many containers keeps the processes, not the effects of the attack.",
		.innocent = "A fault of nsguard's or of the kernel's is likelier than as many attacks at the same time: for instance a module from outside the kernel's tree that changes the state of tasks.",
		.next = "Look at the events before this one. If they have one rule and one system call in common and the containers have nothing in common, go to mode audit and report it; otherwise deal with each.",
	},
	{ }
};

const struct rule *rule_find(const char *name)
{
	for (const struct rule *rule = rules; rule->name; rule++) {
		if (!strcmp(rule->name, name))
			return rule;
	}
	return NULL;
}
