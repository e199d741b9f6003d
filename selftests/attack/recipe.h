/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_RECIPE_H
#define SELFTESTS_RECIPE_H

#include <linux/types.h>

#include "fixture/fixture.h"

/* What the attacker does with the state it got: an effect on the host. */
enum use {
	/* With the files of a place (enum place): */
	USE_READ,	/* copies the secret to where it can be seen */
	USE_CREATE,
	USE_MKDIR,
	USE_UNLINK,
	USE_RENAME,
	USE_TRUNCATE,
	USE_CHMOD,
	USE_MKNOD,
	/* With capabilities: */
	USE_MOUNT,	/* the host's disk, and a file there */
	USE_OVERMOUNT,	/* a tmpfs that the host sees */
	USE_MODULE,
	USE_BPF,
	USE_HOSTNAME,
	USE_CGROUP,	/* a group at the top of the hierarchy */
	/* With the host's namespaces: */
	USE_ABSTRACT,
	USE_LOOPBACK,
	USE_DATAGRAM,	/* the same by UDP, without connecting */
	USE_IPC,	/* writes to the host's shared memory */
	USE_KILL,	/* both by a child, which is in the host's pid namespace */
	USE_PTRACE,
	USE_WORK,	/* with nothing: what any task may do */
	USE_NONE,	/* idles, or the shot acted by itself */
	NR_USES,
};

/* Where the host's files lie, and who may touch them. */
enum place {
	PLACE_OWNER,	/* in the container; a host's user, shot.ids[FSUID] */
	PLACE_GROUP,	/* in the container; a host's group, shot.value */
	PLACE_BARRED,	/* in the container; anyone's but that group's */
	PLACE_HOST,	/* not in the container; the attacker's own user */
	PLACE_SHUT,	/* not in the container; a host's user */
	NR_PLACES,
};

/* How the attacker gets from the state to its use. */
enum way {
	WAY_NEXT,	/* the next system call */
	WAY_FORK,
	WAY_VFORK,
	WAY_THREAD,
	WAY_EXEC,
	WAY_SIBLING,	/* by a thread that was past the gate before the shot */
	WAY_RING,	/* an io_uring that was prepared before the shot */
	WAY_POLLED,	/* likewise, and without any system call */
	WAY_UNMARKED,	/* the shot clears the guard's mark as well */
	WAY_FLOOD,	/* after others have been caught by the dozen */
	WAY_IDLE,	/* after it has slept */
	WAY_EXIT,	/* exits at once, with what it was given */
	WAY_LOOP,	/* does it all the time, before the shot and after it */
	NR_WAYS,
};

enum hold {
	HOLD_NOT,
	/* Wait for a byte from HOLD_PATH, a fifo: */
	HOLD_FIRST,	/* before the shot */
	HOLD_FIRED,	/* between the shot and the act */
};

enum transit {
	TRANSIT_NOT,
	TRANSIT_SETUID,
	TRANSIT_CAPSET,
	TRANSIT_SETGROUPS,
	TRANSIT_UNSHARE,
	TRANSIT_SETNS,
	TRANSIT_CHROOT,
	TRANSIT_FORK,
	TRANSIT_EXEC,
	NR_TRANSITS,
};

/* Whom the shot hits, and who acts. */
enum whom {
	WHOM_SELF,
	WHOM_CHILD,
	WHOM_THREAD,
	WHOM_PARENT,	/* a child fires */
	WHOM_NEWBORN,	/* a child with namespaces of its own, before it runs */
};

/* What holds the attacker back in its container, for the shot to take off. */
enum bond {
	BOND_NONE,
	BOND_SECCOMP,	/* a filter that refuses what USE_MOUNT and others need */
	BOND_NNP,	/* no_new_privs, and a set-uid program in reach */
	BOND_NOROOT,	/* no capabilities, and securebits: not for root either */
	BOND_GROUP,	/* one group, and no capability to take another */
	BOND_GROUPS,	/* the same with MANY_GROUPS */
	BOND_MEMBER,	/* the same, and it is shot.value */
};

/* More than are looked at where preemption may be off. */
#define MANY_GROUPS 300

/* Exit statuses of the attacker that tell the test about itself. */
#define ATTACKER_REFUSED	10	/* the act failed; it was not killed */
#define ATTACKER_BROKEN		11	/* could not even try */

#define FLOOD 8

/**
 * struct recipe - what the attacker in the container shall do
 * @as: id to become first, 0 to stay root
 * @whom: enum whom
 * @use: enum use
 * @place: enum place
 * @way: enum way
 * @bond: enum bond
 * @idle: nothing more than to block (1), to spin in user mode (2) or to stand in an
 *	exec() before a tracer that then fires and does not let it go on (3), or to wait
 *	for the rtnl mutex in an unshare(), where a child fires at it (4)
 * @setns: no shot, but setns() of that type by a leaked descriptor
 * @fchdir: no shot, but to a leaked directory of the host
 * @stay: never exits by itself, whatever came of it; only for @repeat
 * @again: after what was refused, do what anybody may
 * @repeat: that many children do it, one after the other
 * @transit: enum transit: what the task does while the shot is on its way, or, if
 *	it idles then, before
 * @hold: enum hold; only for WHOM_SELF
 * @shot: for the fixture
 * @more: shots after it, in the same system call if they come from the attacker
 * @nmore: how many
 * @port: USE_LOOPBACK, USE_DATAGRAM
 * @key: USE_IPC
 * @victim: USE_KILL, USE_PTRACE: a process, in the host's numbers
 * @address: USE_PTRACE: of a word of its
 * @share: what is /share in the container, as the attacker sees it after the shot
 * @dir: the place, likewise
 * @far: USE_MOUNT: a directory, as the host's disk has it
 * @word: random name, of the abstract socket among others
 * @text: what to write or send
 */
struct recipe {
	__u32 as;
	__u32 whom;
	__u32 use;
	__u32 place;
	__u32 way;
	__u32 bond;
	__u32 idle;
	__u32 setns;
	__u32 fchdir;
	__u32 stay;
	__u32 again;
	__u32 repeat;
	__u32 transit;
	__u32 hold;
	struct fixture_shot shot;
	struct fixture_shot more[FIXTURE_MAX_VOLLEY - 1];
	__u32 nmore;
	__u32 port;
	__s32 key;
	__s32 victim;
	__u64 address;
	char share[96];
	char dir[112];
	char far[64];
	char word[64];
	char text[64];
};

/*
 * Descriptors: of the host's namespaces, that a careless launcher leaks, and
 * those that the attacker has from before the shot and keeps over exec().
 */
#define LEAKED_NET	20
#define LEAKED_MNT	21
#define LEAKED_DIR	22
#define RECIPE_FD	23
#define LOOT_FD		24
#define CHILDREN_FD	25

/* Where it lies, in the container. */
#define RECIPE_PATH	"/share/recipe"
#define LOOT_PATH	"/share/out/loot"
#define HOLD_PATH	"/share/hold"
/* A copy of the program, set-uid root. */
#define SETUID_PATH	"/setuid"
/* The program's argument: act, with what was got before executing it. */
#define ACT_AGAIN	"act"
/* Likewise: be the outer container of one that does it. */
#define NEST		"nest"
/* Likewise: be a container's first process, and nothing more. */
#define STAY		"stay"

#endif /* SELFTESTS_RECIPE_H */
