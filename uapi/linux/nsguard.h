/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * nsguard - generic netlink interface
 *
 * The interface is append-only: an enumerator, once released, keeps its
 * number and meaning.  Requests need CAP_SYS_ADMIN in the initial user
 * namespace, of the caller and of whoever opened the socket, the initial network
 * namespace and a caller that does not belong to a container; anything else gets
 * -EPERM.  A request that carries an attribute which its command does not take
 * gets -EINVAL with an extended-ack text and changes nothing.
 *
 * Strings are NUL-terminated UTF-8 or raw bytes as the kernel holds them
 * (a task may put anything into its comm); tools escape what they print.
 */
#ifndef _UAPI_LINUX_NSGUARD_H
#define _UAPI_LINUX_NSGUARD_H

#define NSGUARD_GENL_NAME	"nsguard"
#define NSGUARD_GENL_VERSION	1

/*
 * Multicast group which carries NSGUARD_CMD_EVENT and NSGUARD_CMD_CONFIG_NTF.
 * Joining it needs what a request needs, or gets -EPERM.
 */
#define NSGUARD_MCGRP_EVENTS	"events"

/**
 * enum nsguard_cmd - commands of the family
 *
 * While the module leaves, and when it has left, every request but
 * NSGUARD_CMD_STATUS_GET gets -ESHUTDOWN: nothing is guarded, and nothing that is
 * asked for would be.
 *
 * @NSGUARD_CMD_STATUS_GET: do; no attributes.  Replies with NSGUARD_A_STATUS_*.
 * @NSGUARD_CMD_CONTAINERS_GET: dump; no attributes.  One message per container
 *	with NSGUARD_A_CONTAINER_*.
 * @NSGUARD_CMD_MODE_SET: do; takes NSGUARD_A_STATUS_MODE.  -EPERM once the
 *	module is locked and the new mode is weaker than the present one.
 * @NSGUARD_CMD_EVENT: notification; NSGUARD_A_EVENT_*, one per incident.
 * @NSGUARD_CMD_CONTAINER_SET: do; takes NSGUARD_A_CONTAINER_CERTAIN (1) and
 *	either NSGUARD_A_CONTAINER_ID or NSGUARD_A_EVENT_PID, a process of the
 *	container.  What the start rule took for ambiguous is a container.
 *	-ENOENT if there is none such, or it has ended.
 * @NSGUARD_CMD_CONFIG_NTF: notification; NSGUARD_A_CONFIG_*, one for each change of
 *	what is guarded, and how.  Where it is a container's certainty it carries
 *	NSGUARD_A_CONTAINER_ID and _NAME as well.
 */
enum nsguard_cmd {
	NSGUARD_CMD_UNSPEC,
	NSGUARD_CMD_STATUS_GET,
	NSGUARD_CMD_CONTAINERS_GET,
	NSGUARD_CMD_MODE_SET,
	NSGUARD_CMD_EVENT,
	NSGUARD_CMD_CONTAINER_SET,
	NSGUARD_CMD_CONFIG_NTF,
	__NSGUARD_CMD_MAX,
};
#define NSGUARD_CMD_MAX (__NSGUARD_CMD_MAX - 1)

/**
 * enum nsguard_mode - what happens to a violation
 * @NSGUARD_MODE_OFF: containers are followed, nothing is judged
 * @NSGUARD_MODE_AUDIT: an event is sent, the task goes on with its new state
 * @NSGUARD_MODE_ENFORCE: the operation is refused, the state repaired and the
 *	thread group killed (a descent rule in a container whose start was
 *	ambiguous is audited)
 */
enum nsguard_mode {
	NSGUARD_MODE_OFF,
	NSGUARD_MODE_AUDIT,
	NSGUARD_MODE_ENFORCE,
};

/**
 * enum nsguard_state - where the module is in its life
 * @NSGUARD_STATE_LOADING: it is not in place yet, nothing is judged
 * @NSGUARD_STATE_GUARDING: it does what the mode says
 * @NSGUARD_STATE_LEAVING: its hooks are being taken off, nothing is guarded; a
 *	retirement that failed stays here and can be tried again
 * @NSGUARD_STATE_LEFT: it can be removed, nothing is guarded
 */
enum nsguard_state {
	NSGUARD_STATE_LOADING,
	NSGUARD_STATE_GUARDING,
	NSGUARD_STATE_LEAVING,
	NSGUARD_STATE_LEFT,
};

/* Layers of checking, for NSGUARD_A_STATUS_LAYERS. */
#define NSGUARD_LAYER_GATE	(1U << 0)	/* system-call entry */
#define NSGUARD_LAYER_USE	(1U << 1)	/* points of use */
#define NSGUARD_LAYER_SWEEP	(1U << 2)	/* periodic sweep */
#define NSGUARD_LAYER_TRANSITION (1U << 3)	/* commit_creds, setns, ... */
#define NSGUARD_LAYER_ALL	0xfU

/**
 * enum nsguard_attr - attributes, one space for all commands
 * @NSGUARD_A_PAD: padding of 64-bit attributes
 *
 * @NSGUARD_A_STATUS_VERSION: string, version of the module
 * @NSGUARD_A_STATUS_MODE: u8, enum nsguard_mode that is configured; it counts in
 *	NSGUARD_STATE_GUARDING
 * @NSGUARD_A_STATUS_LOCKED: u8, 1 once the configuration is locked
 * @NSGUARD_A_STATUS_LAYERS: u32, NSGUARD_LAYER_* that are on
 * @NSGUARD_A_STATUS_TASKS: u32, tracked tasks
 * @NSGUARD_A_STATUS_CONTAINERS: u32, containers with at least one task
 * @NSGUARD_A_STATUS_STORM: u8, 1 while violations are refused and nobody is
 *	killed, since there were some in too many containers at once
 * @NSGUARD_A_STATUS_STATE: u8, enum nsguard_state
 * @NSGUARD_A_STATUS_PENDING: u32, those of NSGUARD_A_STATUS_TASKS that ran before the
 *	module was loaded and have made no system call since, but for such as are
 *	never compared (poll() and other waiting): they are not compared yet
 * @NSGUARD_A_STATUS_COUNTER: nest (repeated), one named counter:
 *	NSGUARD_A_COUNTER_NAME, NSGUARD_A_COUNTER_VALUE
 * @NSGUARD_A_STATUS_HOOK: nest (repeated), one hook: NSGUARD_A_HOOK_*
 *
 * @NSGUARD_A_COUNTER_NAME: string
 * @NSGUARD_A_COUNTER_VALUE: u64, monotonic since load
 *
 * @NSGUARD_A_HOOK_NAME: string, the kernel function
 * @NSGUARD_A_HOOK_HITS: u64, times the hook ran for a tracked task
 * @NSGUARD_A_HOOK_LIVE: u8, 1 while the call site is patched
 *
 * @NSGUARD_A_CONTAINER_ID: u64, unique since load
 * @NSGUARD_A_CONTAINER_NAME: string, a label only: last component of the
 *	control group's path
 * @NSGUARD_A_CONTAINER_CGROUP: string, path of the control group at start
 * @NSGUARD_A_CONTAINER_CERTAIN: u8, 1 if the start rule was met in full, or
 *	NSGUARD_CMD_CONTAINER_SET said so
 * @NSGUARD_A_CONTAINER_TASKS: u32, tracked tasks
 * @NSGUARD_A_CONTAINER_EVENTS: u64, incidents so far
 * @NSGUARD_A_CONTAINER_STARTED: u64, CLOCK_REALTIME nanoseconds
 * @NSGUARD_A_CONTAINER_MNT_NS: u32, inode number of the mount namespace
 * @NSGUARD_A_CONTAINER_PID_NS: u32, inode number of the pid namespace
 * @NSGUARD_A_CONTAINER_USER_NS: u32, inode number of the user namespace
 * @NSGUARD_A_CONTAINER_ADOPTED: u8, 1 if its start was not seen: it ran before the
 *	module was loaded, or was restored from a checkpoint
 * @NSGUARD_A_CONTAINER_PARENT: u64, id of the container that it is nested in;
 *	absent if it is in none
 *
 * @NSGUARD_A_EVENT_SEQ: u64, starts at 1, no gaps: a gap in what a listener
 *	receives means that it lost events.  What NSGUARD_A_EVENT_SUPPRESSED
 *	counts has no number.
 * @NSGUARD_A_EVENT_TIME: u64, CLOCK_REALTIME nanoseconds
 * @NSGUARD_A_EVENT_RULE: string, stable name of the rule
 * @NSGUARD_A_EVENT_FAMILY: string, "integrity" or "descent"
 * @NSGUARD_A_EVENT_TECHNIQUE: string, ATT&CK identifier
 * @NSGUARD_A_EVENT_LAYER: string, "transition", "gate", "use", "sweep", "exit"
 * @NSGUARD_A_EVENT_HOOK: string, kernel function whose hook saw it; absent for
 *	the sweep
 * @NSGUARD_A_EVENT_VERDICT: string, what was done: "audit", "deny" (refused
 *	and repaired: nobody is killed in a storm) or "kill"
 * @NSGUARD_A_EVENT_MODE: u8, enum nsguard_mode at the time
 * @NSGUARD_A_EVENT_SYSCALL: s32, number of the system call the task is in, -1
 *	if in none
 * @NSGUARD_A_EVENT_COMPAT: flag, the system call was entered as a 32-bit one
 * @NSGUARD_A_EVENT_PID: u32, thread group, in the initial pid namespace
 * @NSGUARD_A_EVENT_TID: u32, thread, in the initial pid namespace
 * @NSGUARD_A_EVENT_COMM: string
 * @NSGUARD_A_EVENT_EXE: string, path of the executable, absent if unknown
 * @NSGUARD_A_EVENT_TARGET: u32, another process that was meant, in the initial
 *	pid namespace; absent if there is none
 * @NSGUARD_A_EVENT_SUPPRESSED: u64, incidents of the same container which no
 *	event was sent of since its last one, since there were too many, and such
 *	of its user's containers that have ended; absent if there are none
 * @NSGUARD_A_EVENT_PARENT: nest (repeated, nearest first): NSGUARD_A_PARENT_*
 * @NSGUARD_A_EVENT_CHANGE: nest (repeated), a field which differs:
 *	NSGUARD_A_CHANGE_*
 *	An event carries NSGUARD_A_CONTAINER_ID, _NAME and _MNT_NS as well.
 *
 * @NSGUARD_A_PARENT_PID: u32, in the initial pid namespace
 * @NSGUARD_A_PARENT_COMM: string
 *
 * @NSGUARD_A_CHANGE_FIELD: string, stable name of the field
 * @NSGUARD_A_CHANGE_BEFORE: u64, value of the record
 * @NSGUARD_A_CHANGE_AFTER: u64, value found (or asked for)
 *
 * @NSGUARD_A_CONFIG_NAME: string, what was changed: "mode", "layers", "locked",
 *	"sweep_ms", "storm", "state" or "certain"
 * @NSGUARD_A_CONFIG_OLD: string, the value before: names of modes and states,
 *	"yes" or "no", layers in hexadecimal with 0x, other numbers in decimal
 * @NSGUARD_A_CONFIG_NEW: string, the value from now on
 * @NSGUARD_A_CONFIG_TIME: u64, CLOCK_REALTIME nanoseconds
 * @NSGUARD_A_CONFIG_PID: u32, who changed it: thread group, in the initial pid
 *	namespace
 * @NSGUARD_A_CONFIG_UID: u32, its user, in the initial user namespace
 * @NSGUARD_A_CONFIG_COMM: string
 */
enum nsguard_attr {
	NSGUARD_A_UNSPEC,
	NSGUARD_A_PAD,

	NSGUARD_A_STATUS_VERSION,
	NSGUARD_A_STATUS_MODE,
	NSGUARD_A_STATUS_LOCKED,
	NSGUARD_A_STATUS_LAYERS,
	NSGUARD_A_STATUS_TASKS,
	NSGUARD_A_STATUS_CONTAINERS,
	NSGUARD_A_STATUS_COUNTER,
	NSGUARD_A_STATUS_HOOK,

	NSGUARD_A_COUNTER_NAME,
	NSGUARD_A_COUNTER_VALUE,

	NSGUARD_A_HOOK_NAME,
	NSGUARD_A_HOOK_HITS,
	NSGUARD_A_HOOK_LIVE,

	NSGUARD_A_CONTAINER_ID,
	NSGUARD_A_CONTAINER_NAME,
	NSGUARD_A_CONTAINER_CGROUP,
	NSGUARD_A_CONTAINER_CERTAIN,
	NSGUARD_A_CONTAINER_TASKS,
	NSGUARD_A_CONTAINER_EVENTS,
	NSGUARD_A_CONTAINER_STARTED,
	NSGUARD_A_CONTAINER_MNT_NS,
	NSGUARD_A_CONTAINER_PID_NS,
	NSGUARD_A_CONTAINER_USER_NS,

	NSGUARD_A_EVENT_SEQ,
	NSGUARD_A_EVENT_TIME,
	NSGUARD_A_EVENT_RULE,
	NSGUARD_A_EVENT_FAMILY,
	NSGUARD_A_EVENT_TECHNIQUE,
	NSGUARD_A_EVENT_LAYER,
	NSGUARD_A_EVENT_HOOK,
	NSGUARD_A_EVENT_VERDICT,
	NSGUARD_A_EVENT_MODE,
	NSGUARD_A_EVENT_SYSCALL,
	NSGUARD_A_EVENT_COMPAT,
	NSGUARD_A_EVENT_PID,
	NSGUARD_A_EVENT_TID,
	NSGUARD_A_EVENT_COMM,
	NSGUARD_A_EVENT_EXE,
	NSGUARD_A_EVENT_PARENT,
	NSGUARD_A_EVENT_CHANGE,

	NSGUARD_A_PARENT_PID,
	NSGUARD_A_PARENT_COMM,

	NSGUARD_A_CHANGE_FIELD,
	NSGUARD_A_CHANGE_BEFORE,
	NSGUARD_A_CHANGE_AFTER,

	NSGUARD_A_CONTAINER_PARENT,
	NSGUARD_A_STATUS_STORM,
	NSGUARD_A_EVENT_TARGET,
	NSGUARD_A_CONTAINER_ADOPTED,
	NSGUARD_A_EVENT_SUPPRESSED,
	NSGUARD_A_STATUS_STATE,

	NSGUARD_A_CONFIG_NAME,
	NSGUARD_A_CONFIG_OLD,
	NSGUARD_A_CONFIG_NEW,
	NSGUARD_A_CONFIG_TIME,
	NSGUARD_A_CONFIG_PID,
	NSGUARD_A_CONFIG_UID,
	NSGUARD_A_CONFIG_COMM,

	NSGUARD_A_STATUS_PENDING,

	__NSGUARD_A_MAX,
};
#define NSGUARD_A_MAX (__NSGUARD_A_MAX - 1)

#endif /* _UAPI_LINUX_NSGUARD_H */
