// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the instructions of an operation.
 *
 *	bench measure OPERATION	   prints "OPERATION LEAST MEAN"
 *	bench contain DIR ARG...   runs itself with ARG in a container at DIR
 *	bench sample OPERATION N   the same in N processes that are there at once:
 *				   prints "OPERATION LEAST MOST" of their leasts
 *	bench crowd N		   is N processes until standard input ends
 *	bench wait		   does nothing until standard input ends
 *	bench nothing		   for operation "exec"
 *
 * For a guest under icount, whose time stamp counter advances by one for each
 * instruction; "loop" is the proof.  The least of many batches is what no
 * interrupt and no other task has disturbed; the mean has those in, and work
 * that was put off.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "operation.h"

#define BATCHES 60

static inline uint64_t instructions(void)
{
	return __builtin_ia32_rdtsc();
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static const struct operation *prepare(const char *name)
{
	const struct operation *op = operation_by_name(name);

	if (!op) {
		fprintf(stderr, "no operation %s\n", name);
		exit(2);
	}
	if (op->prepare)
		op->prepare();
	op->run(op->count);
	return op;
}

/* Instructions per operation, the least of some batches and the mean. */
static double least_of(const struct operation *op, int batches, double *mean)
{
	uint64_t least = UINT64_MAX, sum = 0;

	for (int i = 0; i < batches; i++) {
		uint64_t start = instructions();
		uint64_t spent;

		op->run(op->count);
		spent = instructions() - start;
		sum += spent;
		if (spent < least)
			least = spent;
	}
	*mean = (double)sum / batches / op->count;
	return (double)least / op->count;
}

static int measure(const char *name)
{
	const struct operation *op = prepare(name);
	double mean, least = least_of(op, BATCHES, &mean);

	printf("%s %.2f %.2f\n", name, least, mean);
	return 0;
}

static int sample(const char *name, int n)
{
	const struct operation *op = prepare(name);
	double one, mean, least = 0, most = 0;
	int result[2], hold[2];

	if (pipe(result) || pipe(hold))
		die("pipe");
	while (n--) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid) {
			close(hold[1]);
			one = least_of(op, 8, &mean);
			if (write(result[1], &one, sizeof(one)) < 0)
				die("write");
			_exit(read(hold[0], &one, 1) < 0);
		}
		if (read(result[0], &one, sizeof(one)) != sizeof(one))
			die("read");
		if (!least || one < least)
			least = one;
		if (one > most)
			most = one;
	}
	printf("%s %.2f %.2f\n", name, least, most);
	return 0;
}

static int crowd(int n)
{
	char c;

	while (--n > 0) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid)
			break;
	}
	return read(0, &c, 1) < 0;
}

/*
 * Root of the host, namespaces of its own, another root: as docker has it.
 * The exec in there is what makes a container of it.
 */
static int contain(const char *dir, char **argv)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
		    CLONE_NEWNET))
		die("unshare");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    chroot(dir) || chdir("/"))
			die(dir);
		execv(BENCH_PROGRAM, argv);
		die(BENCH_PROGRAM);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	/* Where things lie in memory makes for a few instructions, too. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		if (personality(ADDR_NO_RANDOMIZE) < 0)
			die("personality");
		execv("/proc/self/exe", argv);
		die("/proc/self/exe");
	}
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc == 2 && !strcmp(argv[1], "wait"))
		return crowd(1);
	if (argc == 3 && !strcmp(argv[1], "crowd"))
		return crowd(atoi(argv[2]));
	if (argc == 4 && !strcmp(argv[1], "sample"))
		return sample(argv[2], atoi(argv[3]));
	if (argc == 3 && !strcmp(argv[1], "measure"))
		return measure(argv[2]);
	if (argc > 3 && !strcmp(argv[1], "contain"))
		return contain(argv[2], argv + 2);
	fprintf(stderr, "usage: bench measure OPERATION | contain DIR ARG...\n");
	return 2;
}
