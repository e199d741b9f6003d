/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_RECIPE_H
#define SELFTESTS_RECIPE_H

#include <linux/types.h>

#include "fixture/fixture.h"

/* What the attacker does with the state it got. */
enum reach {
	REACH_SECRET,	/* copies the host's secret to where it can be seen */
	REACH_ROOT,	/* leaves a mark in a place only the host has */
	REACH_SOCKET,	/* sends to the host's abstract socket */
	REACH_NOTHING,	/* idles, or the shot acted by itself */
	NR_REACHES,
};

/* Whom the shot hits. */
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

enum whom {
	WHOM_SELF,
	WHOM_CHILD,	/* a child, which then acts */
};

/* Exit statuses of the attacker that tell the test about itself. */
#define ATTACKER_REFUSED	10	/* the act failed; it was not killed */
#define ATTACKER_BROKEN		11	/* could not even try */

/**
 * struct recipe - what the attacker in the container shall do
 * @as: id to become first, 0 to stay root
 * @whom: enum whom
 * @reach: enum reach
 * @idle: nothing more than to block (1) or to spin in user mode (2)
 * @setns: no shot, but setns() of that type by a leaked descriptor
 * @fchdir: no shot, but to a leaked directory of the host
 * @relative: REACH_ROOT by a path from the working directory
 * @ring: REACH_SECRET through a polled io_uring, without a system call
 * @repeat: that many children do it, one after the other
 * @transit: enum transit: what the task does while the shot is on its way
 * @hold: enum hold; only for WHOM_SELF
 * @shot: for the fixture
 * @path: REACH_ROOT: file to create
 * @socket: REACH_SOCKET: abstract name
 * @text: what to write or send
 */
struct recipe {
	__u32 as;
	__u32 whom;
	__u32 reach;
	__u32 idle;
	__u32 setns;
	__u32 fchdir;
	__u32 relative;
	__u32 ring;
	__u32 repeat;
	__u32 transit;
	__u32 hold;
	struct fixture_shot shot;
	char path[128];
	char socket[64];
	char text[64];
};

/* Descriptors of the host's namespaces that a careless launcher leaks. */
#define LEAKED_NET	20
#define LEAKED_MNT	21
#define LEAKED_DIR	22

/* Where it lies, in the container. */
#define RECIPE_PATH	"/share/recipe"
#define SECRET_PATH	"/share/secret"
#define LOOT_PATH	"/share/out/loot"
#define HOLD_PATH	"/share/hold"
#define LOCKED_PATH	"/share/locked/mark"

#endif /* SELFTESTS_RECIPE_H */
