/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_START_MEMBER_H
#define SELFTESTS_START_MEMBER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "view.h"

/**
 * struct names - what the things of a case are called, which must not matter
 * @program: file name of the program that a case executes
 * @runtime: path of the runtime
 * @cgroup: control group of the case's tasks, below the root's
 * @base: folder on a file system of its own; has @program
 * @subdir: folder on the host's root file system; has @program
 */
struct names {
	char program[32];
	char runtime[128];
	char cgroup[128];
	char base[64];
	char subdir[64];
};
extern struct names names;

/* What the module is expected to make of a case. */
enum verdict { NONE, AMBIGUOUS, CERTAIN, ENTERS };

/**
 * struct member - a task that has gone somewhere and waits
 * @child: the process that we have started, the task or an ancestor
 * @pid: the task itself, in the host's numbers
 * @fd: the other end of its descriptor 3: it writes a byte when it is there and
 *	one for each that it reads; at the end of the file it exits
 */
struct member {
	pid_t child;
	pid_t pid;
	int fd;
};

/*
 * Forks; the child runs @go, which makes the task send a byte on descriptor 3
 * once it is there.
 */
void member_begin(struct member *member, void (*go)(const void *),
		  const void *arg);
/* Waits for a byte of the task, and learns which task it is. */
bool member_heard(struct member *member);
/* Both; bails out if nothing is heard. */
void member_start(struct member *member, void (*go)(const void *),
		  const void *arg);
/* Whether it answers: it has been neither killed nor stopped. */
bool member_answers(struct member *member);
/* Waits for its end; the status of @child. */
int member_end(struct member *member);
/* A program on the host: `/bin/sh -c`, with the member's descriptor 3. */
__attribute__((format(printf, 2, 3)))
void member_run(struct member *member, const char *fmt, ...);

/*
 * Judges what has changed since @before, when @member has got where it is.
 * With ENTERS it is a task of container @id.  Returns the id of the container
 * that has started, or 0.
 */
int64_t expect(const char *what, enum verdict verdict,
	       const struct view *before, const struct member *member,
	       int64_t id);
/* The whole life of a member that is to be NONE or ENTERS. */
void expect_run(const char *what, enum verdict verdict, int64_t id,
		const char *command);

/* The parts of the test. */
void test_shapes(void);
void test_adoption(void);
void test_entering(void);
void test_oci(void);
void test_lives(void);
void test_nesting(void);

#endif /* SELFTESTS_START_MEMBER_H */
