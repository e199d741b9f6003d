// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks of the host are none of the guard's business, not even those that share a
 * row of its table with a container's:
 *
 *	bystanders
 *
 * A container has threads by the thousand, and so has a process of the host, whose
 * come to the gate by a filter, and to points of use.  Some of either share a row.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "common/guard.h"
#include "common/tap.h"

#define CROWD	"/nsguard/tests/attack/enterer"
#define SHARE	"/host/bystanders"
/* Of either; the table has 32,768 rows. */
#define THREADS	2000
#define NUMBER	"2000"
/* Of a call's number: one for a kernel with the x32 ABI. */
#define X32_BIT	0x40000000

static pthread_barrier_t all_there;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static pid_t other;
static int bad;

/* All that the process makes of threads goes by the gate from here on. */
static bool filter_all(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Numbers of no call: the gate looks none of them up. */
static bool call_nothing(void)
{
	return syscall(4096) == -1 && errno == ENOSYS &&
	       syscall(INT_MAX & ~X32_BIT) == -1 && errno == ENOSYS &&
	       syscall(INT_MIN) == -1 && errno == ENOSYS;
}

/* The gate, a point of use, the look for a visitor and a transition. */
static bool act(void)
{
	int status;

	return getppid() > 0 && call_nothing() && !kill(other, 0) &&
	       !ptrace(PTRACE_ATTACH, other, NULL, NULL) &&
	       waitpid(other, &status, __WALL) == other &&
	       !ptrace(PTRACE_DETACH, other, NULL, NULL) &&
	       !syscall(SYS_setresuid, 0, 0, 0);
}

static void *be_bystander(void *arg)
{
	pthread_barrier_wait(&all_there);
	pthread_mutex_lock(&one_at_a_time);
	bad += !act();
	pthread_mutex_unlock(&one_at_a_time);
	return arg;
}

/* All are there before the first begins, so that no two are the same. */
static int be_bystanders(void)
{
	static pthread_t threads[THREADS];
	pthread_attr_t attr;
	int i;

	other = fork();
	while (!other)
		pause();
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	pthread_barrier_init(&all_there, NULL, THREADS);
	if (!filter_all())
		return 1;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &attr, be_bystander, NULL))
			return 2;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return bad ? 3 : 0;
}

static void start_crowd(struct container *c)
{
	static char *const argv[] = { (char *)"/program", (char *)"crowd",
				      (char *)NUMBER, NULL };
	int ready[2];
	char byte;

	if (mkdir(SHARE, 0755) || pipe(ready))
		bail(SHARE);
	*c = (struct container){
		.kind = CONTAINER_DOCKER,
		.share = SHARE,
		.program = CROWD,
		.argv = argv,
		.out = ready[1],
	};
	container_create(c);
	container_go(c);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail("the container does not begin");
	close(ready[0]);
}

int main(void)
{
	struct container c;
	struct tally tally;
	int status;
	pid_t pid;

	guard_start(GUARD_ENFORCE);
	start_crowd(&c);
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(be_bystanders());
	ok(waitpid(pid, &status, 0) == pid && !status,
	   "what they do works (%x)", status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	kill(c.pid, SIGKILL);
	container_wait(&c);
	rmdir(SHARE);
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
