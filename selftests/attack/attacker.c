// SPDX-License-Identifier: GPL-2.0
/*
 * The attacker: runs in a container, gets a state from the fixture that no
 * container should have, and uses it.  What it says about its success is
 * nobody's evidence.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/act.h"
#include "attack/bond.h"
#include "attack/nest.h"
#include "attack/recipe.h"
#include "attack/transit.h"
#include "attack/way.h"
#include "common/util.h"
#include "common/rtnl.h"

static struct recipe recipe;
static int fixture;

static int arm(pid_t target);

/* Fires once the other stands there. */
static _Noreturn void trace_exec(pid_t other, int seized)
{
	int status;

	if (!ptrace(PTRACE_SEIZE, other, NULL, PTRACE_O_TRACEEXEC) &&
	    write(seized, "1", 1) == 1 && waitpid(other, &status, __WALL) == other &&
	    status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		arm(other);
	for (;;)
		pause();
}

static void stand_in_exec(void)
{
	pid_t self = getpid();
	int seized[2];
	char byte;

	prctl(PR_SET_DUMPABLE, 1);
	if (pipe(seized))
		_exit(ATTACKER_BROKEN);
	if (!fork())
		trace_exec(self, seized[1]);
	close(seized[1]);
	if (read(seized[0], &byte, 1) == 1)
		execl("/proc/self/exe", "stands", NULL);
	_exit(ATTACKER_BROKEN);
}

/* Fires once the other waits there for the rtnl mutex, which the test holds. */
static _Noreturn void watch_unshare(pid_t other)
{
	if (rtnl_is_wanted(other))
		arm(other);
	for (;;)
		pause();
}

static void wait_in_unshare(void)
{
	pid_t self = getpid(), pid = fork();

	if (!pid)
		watch_unshare(self);
	if (pid < 0 || unshare(CLONE_NEWNET) || kill(pid, SIGKILL) ||
	    waitpid(pid, NULL, 0) != pid)
		_exit(ATTACKER_BROKEN);
}

static void idle(void)
{
	volatile unsigned long turns = 0;

	while (recipe.idle == 2)
		turns++;
	while (recipe.idle == 1)
		pause();
	if (recipe.idle == 3)
		stand_in_exec();
	if (recipe.idle == 4)
		wait_in_unshare();
}

static int volley(void)
{
	struct fixture_volley all = {
		.count = 1 + recipe.nmore,
		.shots[0] = recipe.shot,
	};

	memcpy(all.shots + 1, recipe.more, sizeof(recipe.more));
	return ioctl(fixture, FIXTURE_IOC_VOLLEY, &all);
}

/* A shot that another processor or a timer will fire. */
static int arm(pid_t target)
{
	unsigned int i;

	recipe.shot.target = target;
	if (ioctl(fixture, FIXTURE_IOC_FIRE, &recipe.shot))
		return -1;
	for (i = 0; i < recipe.nmore; i++) {
		recipe.more[i].target = target;
		if (ioctl(fixture, FIXTURE_IOC_FIRE, &recipe.more[i]))
			return -1;
	}
	return 0;
}

static int fire(pid_t target)
{
	if (recipe.setns)
		return setns(recipe.setns == CLONE_NEWNET ? LEAKED_NET :
							    LEAKED_MNT,
			     recipe.setns);
	if (recipe.fchdir)
		return fchdir(LEAKED_DIR);
	if (recipe.nmore && recipe.shot.fire == FIXTURE_NOW)
		return volley();
	/* Who is to idle when it is hit has it behind him. */
	if (recipe.idle && recipe.transit &&
	    !transit(recipe.transit, now_ms() + 30))
		return -1;
	if (arm(target))
		return -1;
	if (recipe.shot.fire == FIXTURE_NOW)
		return 0;
	/* What fails may be what the shot has made fail. */
	if (recipe.transit && !recipe.idle)
		transit(recipe.transit, now_ms() + recipe.shot.delay_ms + 30);
	/* An idle task is hit while it idles, not while it waits for the shot. */
	return (recipe.idle || recipe.way == WAY_IDLE) && !target ? 0 :
	       ioctl(fixture, FIXTURE_IOC_WAIT_FIRED);
}

static void hold(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(ATTACKER_BROKEN);
}

/* A filter that was exchanged is nobody's to free: back it goes. */
static int go(void)
{
	int result = way_go(&recipe);

	if (result == ATTACKER_REFUSED && recipe.again) {
		recipe.use = USE_WORK;
		/* Where it was before the shot. */
		strcpy(recipe.share, "/share");
		act(&recipe);
	}
	if (recipe.shot.prim == FIXTURE_SECCOMP_FILTER)
		ioctl(fixture, FIXTURE_IOC_FIRE, &recipe.shot);
	return result;
}

/* Its own victim. */
static int attack_self(void)
{
	/* The shot may take the way to it. */
	int held = recipe.hold ? open(HOLD_PATH, O_RDONLY) : -1;

	if (recipe.hold == HOLD_FIRST)
		hold(held);
	if (recipe.way == WAY_LOOP)
		return arm(0) ? ATTACKER_BROKEN : way_loop(&recipe, fixture);
	if (recipe.idle < 3 && fire(0))
		return ATTACKER_BROKEN;
	if (recipe.hold == HOLD_FIRED)
		hold(held);
	idle();
	return go();
}

/* Exit status as a shell would give it. */
static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return ATTACKER_BROKEN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int attack_child(void)
{
	int ready[2], status;
	bool fired;
	char byte;
	pid_t pid;

	if (pipe(ready))
		return ATTACKER_BROKEN;
	pid = fork();
	if (!pid) {
		close(ready[1]);
		idle();
		_exit(read(ready[0], &byte, 1) == 1 ? go() : ATTACKER_BROKEN);
	}
	if (pid < 0)
		return ATTACKER_BROKEN;
	/* The first of a chain may be the last that finds it alive. */
	fired = !fire(pid);
	if (write(ready[1], "1", 1) != 1)
		kill(pid, SIGKILL);
	status = wait_for(pid);
	return fired || status == 128 + SIGKILL ? status : ATTACKER_BROKEN;
}

static int thread_pipe[2];

static void *victim_thread(void *id)
{
	char byte;

	__atomic_store_n((pid_t *)id, gettid(), __ATOMIC_SEQ_CST);
	if (read(thread_pipe[0], &byte, 1) != 1)
		return (void *)ATTACKER_BROKEN;
	return (void *)(long)go();
}

static int attack_thread(void)
{
	pthread_t thread;
	pid_t id = 0, tid;
	void *result;

	if (recipe.way == WAY_SIBLING)
		return way_sibling(&recipe, fixture);
	if (pipe(thread_pipe) ||
	    pthread_create(&thread, NULL, victim_thread, &id))
		return ATTACKER_BROKEN;
	while (!(tid = __atomic_load_n(&id, __ATOMIC_SEQ_CST)))
		sched_yield();
	if (fire(tid) || write(thread_pipe[1], "1", 1) != 1)
		return ATTACKER_BROKEN;
	pthread_join(thread, &result);
	return (long)result;
}

/* The child does no more than to fire. */
static int attack_by_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(fire(getppid()) ? ATTACKER_BROKEN : 0);
	/* Passes the gate after the shot, and only then. */
	if (pid < 0 || wait_for(pid))
		return ATTACKER_BROKEN;
	return go();
}

/* Somebody else's set of namespaces, all of them the container's. */
static pid_t start_neighbour(void)
{
	int there[2];
	char byte;
	pid_t pid;

	if (pipe(there))
		return -1;
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUTS) || write(there[1], "1", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(there[1]);
	return read(there[0], &byte, 1) == 1 ? pid : -1;
}

/* Hit when it is there already and does not run yet. */
static int attack_newborn(void)
{
	bool own = recipe.shot.flags & FIXTURE_F_OWN;
	pid_t pid, neighbour = own ? start_neighbour() : 0;
	int status;

	if (own)
		recipe.shot.value = neighbour;
	if (neighbour < 0 || arm(0))
		return ATTACKER_BROKEN;
	pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(go());
	status = pid > 0 ? wait_for(pid) : ATTACKER_BROKEN;
	if (neighbour && (kill(neighbour, SIGKILL) || !wait_for(neighbour)))
		return ATTACKER_BROKEN;
	return status;
}

static int attack(void)
{
	switch (recipe.whom) {
	case WHOM_CHILD:
		return attack_child();
	case WHOM_THREAD:
		return attack_thread();
	case WHOM_PARENT:
		return attack_by_child();
	case WHOM_NEWBORN:
		return attack_newborn();
	}
	return attack_self();
}

static int attack_and_stay(void)
{
	int status = attack();

	while (recipe.stay)
		pause();
	return status;
}

/*
 * A member of the namespaces that a child shares with its parent is the parent's as
 * well: who is rightly killed if he enters a system call between the shot and the
 * repair.  So he stays in the one that makes the child.
 */
static pid_t fork_attacker(void)
{
	return recipe.shot.prim == FIXTURE_NS_MEMBER ?
	       syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) : fork();
}

/* Children that attack one after the other; how many were not killed. */
static int repeat(void)
{
	unsigned int i, alive = 0;

	for (i = 0; i < recipe.repeat; i++) {
		pid_t pid = fork_attacker();

		if (!pid)
			_exit(attack_and_stay());
		if (pid < 0 || wait_for(pid) != 128 + SIGKILL)
			alive++;
	}
	return alive ? ATTACKER_REFUSED : 0;
}

static bool keep_open(const char *path, int flags, int number)
{
	int fd = open(path, flags, 0644);

	if (fd < 0 || dup2(fd, number) != number)
		return false;
	close(fd);
	return true;
}

static bool read_recipe(void)
{
	return pread(RECIPE_FD, &recipe, sizeof(recipe), 0) == sizeof(recipe);
}

static bool become(void)
{
	return bond_as_root(&recipe) &&
	       (!recipe.as ||
		(!setresgid(recipe.as, recipe.as, recipe.as) &&
		 !setresuid(recipe.as, recipe.as, recipe.as))) &&
	       bond_as_user(&recipe, fixture);
}

/*
 * A container's first process must not leave a child behind that is in another
 * process namespace, not even one that is about to be gone: a plain kernel would
 * splice its list of children to itself.  wait() does not tell of such ones.
 */
static void until_childless(void)
{
	char byte;

	while (pread(CHILDREN_FD, &byte, 1, 0) == 1)
		sched_yield();
}

static int run(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], NEST))
		return nest((char *[]){ argv[0], NULL });
	while (argc > 1 && !strcmp(argv[1], STAY))
		pause();
	/* What it is now, it has from before it executed this. */
	if (argc > 1 && !strcmp(argv[1], ACT_AGAIN))
		return read_recipe() ? act(&recipe) : ATTACKER_BROKEN;
	if (!keep_open(RECIPE_PATH, O_RDONLY, RECIPE_FD) || !read_recipe())
		return ATTACKER_BROKEN;
	if (argc == 3 && !strcmp(argv[1], TRANSIT_AGAIN)) {
		transit(recipe.transit, strtoll(argv[2], NULL, 10));
		return act(&recipe);
	}
	fixture = open("/dev/" FIXTURE_DEVICE, O_RDWR);
	if (fixture < 0 ||
	    !keep_open("/proc/thread-self/children", O_RDONLY, CHILDREN_FD) ||
	    (recipe.use == USE_READ &&
	     !keep_open(LOOT_PATH, O_WRONLY | O_CREAT | O_TRUNC, LOOT_FD)) ||
	    !become() || !way_prepare(&recipe, fixture))
		return ATTACKER_BROKEN;
	return recipe.repeat ? repeat() : attack();
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (getpid() == 1 && status != ATTACKER_BROKEN)
		until_childless();
	return status;
}
