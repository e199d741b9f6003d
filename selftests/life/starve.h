/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_STARVE_H
#define SELFTESTS_STARVE_H

/* A directory in the container that the attacker's user can't write to. */
#define STARVE_SHUT	"/share/shut/effect"

/*
 * The role of a new container's program: tells that it is there, how many
 * allocations were left, and stays.  Descriptors that it gets.
 */
#define STARVE_LINGER	"linger"
#define STARVE_FAULT_FD	50
#define STARVE_TOLD_FD	51

/* Exit statuses of one that violates. */
#define STARVE_NO_SHOT	3
#define STARVE_REFUSED	10
#define STARVE_EFFECT	20

#endif /* SELFTESTS_STARVE_H */
