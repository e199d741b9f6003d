// SPDX-License-Identifier: GPL-2.0
/*
 * A retirement: honest containers notice nothing of it, the mode can't be changed
 * during it or after it, and it neither hangs with a task that hangs or starves, nor
 * is the host unguarded for its sake.  Nor do the parameters hang with it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/asker.h"
#include "life/box.h"
#include "life/hung.h"
#include "life/kmsg.h"
#include "life/lease.h"

#define PARAMETERS "/sys/module/nsguard/parameters/"
#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define HERE "/nsguard/tests/life/"
#define LATE_TRIES 10
/* How long a parameter may take; a retirement in whose way somebody is takes twice that. */
#define PROMPT_MS 5000
#define STARVED " comm=program is ready to run and does not run"
#define KEPT "can't leave yet: generic netlink lets no family go"
#define HOOKED "/sys/kernel/tracing/enabled_functions"

static const enum box_kind kinds[] = { BOX_USERNS, BOX_DOCKER, BOX_PRIVILEGED };
#define NR_BOXES ((int)ARRAY_SIZE(kinds))
static struct box boxes[NR_BOXES];

/**
 * struct helper - what the processes of the test itself share
 * @stop: those that change the mode shall end
 * @tries: how often each has tried
 * @retired: the one that retires the module is done
 * @error: what it got
 */
static struct helper {
	int stop;
	int tries[2];
	int retired;
	int error;
} *helper;

static bool by_tool(void)
{
	return !system("nsguardctl mode enforce >/dev/null 2>&1");
}

static bool by_parameter(void)
{
	return !write_text(PARAMETERS "mode", "enforce");
}

static pid_t hammer(bool (*set)(void), int *tries)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	while (!pid) {
		if (__atomic_load_n(&helper->stop, __ATOMIC_SEQ_CST))
			_exit(0);
		set();
		board_add(tries, 1);
	}
	return pid;
}

static pid_t retire(void)
{
	pid_t pid;

	helper->retired = 0;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (pid)
		return pid;
	helper->error = write_text(PARAMETERS "retire", "1") ? errno : 0;
	board_set(&helper->retired, 1);
	_exit(0);
}

static void reap(pid_t pid)
{
	if (waitpid(pid, NULL, 0) != pid)
		bail("wait");
}

static const char *state(void)
{
	static char word[32];
	static char text[65536];
	FILE *from = popen("nsguardctl --json status", "re");
	size_t len;

	if (!from)
		bail("nsguardctl");
	len = fread(text, 1, sizeof(text) - 1, from);
	text[len] = '\0';
	word[0] = '\0';
	if (!pclose(from)) {
		json_compact(text);
		json_string(text, "state", word, sizeof(word));
	}
	return word;
}

static bool state_becomes(const char *word)
{
	int64_t limit = now_ms() + PATIENCE_MS;

	while (strcmp(state(), word))
		if (now_ms() > limit || helper->retired)
			return !strcmp(state(), word);
	return true;
}

/* Some rounds by each of the containers. */
static bool work(int rounds)
{
	bool good = true;
	int i;

	for (i = 0; i < NR_BOXES; i++) {
		int *done = &boxes[i].board->rounds;

		good &= board_reaches(done, *done + rounds, PATIENCE_MS);
	}
	return good;
}

static void check_left(void)
{
	bool set = by_parameter();

	ok(!set && errno == ESHUTDOWN, "no mode afterwards by parameter (%s)",
	   set ? "set" : strerror(errno));
	ok(!by_tool(), "nor by nsguardctl");
	ok(!strcmp(state(), "left"), "the state is left (%s)", state());
}

static void unload(void)
{
	ok(module_stop("nsguard"), "the module is removed");
}

static void hammered(int n, int kmsg)
{
	pid_t hammers[2], retirer;
	int i, tries[2];

	guard_start(GUARD_ENFORCE);
	ok(work(3), "%d: the containers work", n);
	helper->stop = 0;
	hammers[0] = hammer(by_tool, &helper->tries[0]);
	hammers[1] = hammer(by_parameter, &helper->tries[1]);
	for (i = 0; i < 2; i++) {
		board_reaches(&helper->tries[i], helper->tries[i] + 1,
			      PATIENCE_MS);
		tries[i] = helper->tries[i];
	}
	retirer = retire();
	ok(board_reaches(&helper->retired, 1, PATIENCE_MS) && !helper->error,
	   "%d: it retires (%s)", n, strerror(helper->error));
	for (i = 0; i < 2; i++)
		ok(board_reaches(&helper->tries[i], tries[i] + 2, PATIENCE_MS),
		   "%d: enforce was asked for meanwhile", n);
	helper->stop = 1;
	for (i = 0; i < 2; i++)
		reap(hammers[i]);
	reap(retirer);
	ok(work(3), "%d: the containers still work", n);
	check_left();
	unload();
	ok(!kmsg_count(kmsg, KMSG_ALERT), "%d: no alert", n);
}

static void hammered_times(int times)
{
	int i, status, kmsg = kmsg_open();

	for (i = 0; i < NR_BOXES; i++) {
		box_create(&boxes[i], kinds[i], "honest", NULL);
		box_go(&boxes[i]);
	}
	for (i = 1; i <= times; i++)
		hammered(i, kmsg);
	for (i = 0; i < NR_BOXES; i++) {
		status = box_end(&boxes[i]);
		ok(!status, "%s: nobody was killed or hindered (%x)",
		   box_names[kinds[i]], status);
	}
	close(kmsg);
}

static void copy_to(const struct box *box, const char *name)
{
	char command[128];

	snprintf(command, sizeof(command), "cp " HERE "%s %s/",
		 name, box->share);
	if (system(command))
		bail("%s", command);
}

/* A task that hangs in a function which the module hooks. */
static int start_hung(struct box *box)
{
	int64_t limit = now_ms() + PATIENCE_MS;
	char path[64];
	int lease;

	box_create(box, BOX_PRIVILEGED, "hang", HUNG_PROGRAM);
	copy_to(box, "hung");
	copy_to(box, "interpreter");
	snprintf(path, sizeof(path), "%s/interpreter", box->share);
	lease = lease_take(path);
	box_go(box);
	board_set(&box->board->go, 1);
	while (!lease_wanted(lease))
		if (box_ended(box) || now_ms() > limit)
			bail("the exec does not hang");
	return lease;
}

static bool hooked(void)
{
	return !system("grep -q -e nsg_ -e nsguard " HOOKED);
}

static void check_leaving(void)
{
	static const char *const names[] = {
		"mode", "layers", "sweep_ms", "storm", "locked",
	};
	char path[128], value[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", names[i]);
		ok(read_text(path, value, sizeof(value)) > 0,
		   "parameter %s can be read", names[i]);
	}
	ok(!strcmp(state(), "leaving"), "the state is leaving (%s)", state());
	ok(!by_parameter() && !by_tool(), "no mode any more");
	ok(!module_stop("nsguard"), "the module can't be removed yet");
}

static int try_retire(void)
{
	reap(retire());
	return helper->error;
}

/* Who is in the way beforehand does not choose when the host is unguarded. */
static void check_guarding(const char *what)
{
	int error = try_retire();

	ok(error == EBUSY, "%s: the retirement is refused (%s)", what,
	   strerror(error));
	ok(!strcmp(state(), "guarding"), "%s: it guards on (%s)", what,
	   state());
	ok(hooked(), "%s: the hooks are there", what);
	ok(by_parameter() && by_tool(), "%s: the mode can be set", what);
}

static int64_t took(int64_t begun)
{
	return now_ms() - begun;
}

/* The other parameters, while somebody is in its way. */
static void check_parameters(void)
{
	pid_t retirer = retire();
	int64_t longest = 0;
	char word[32];
	bool good = true;

	while (!board_reaches(&helper->retired, 1, 10)) {
		int64_t begun = now_ms();

		good &= read_text(PARAMETERS "state", word, sizeof(word)) > 0 &&
			!strcmp(word, "guarding\n") && by_parameter();
		if (took(begun) > longest)
			longest = took(begun);
	}
	reap(retirer);
	ok(helper->error == EBUSY, "meanwhile: the retirement is refused (%s)",
	   strerror(helper->error));
	ok(good, "meanwhile: the state can be read, and the mode be set");
	ok(longest < PROMPT_MS, "meanwhile: neither waits for it (%lld ms)",
	   (long long)longest);
}

/* Two at once, while another tries to remove the module until he can. */
static void retire_twice(void)
{
	int i, status, error, good = 0, late = 0;
	pid_t pids[2];

	guard_start(GUARD_ENFORCE);
	fflush(NULL);
	for (i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			bail("fork");
		if (!pids[i])
			_exit(write_text(PARAMETERS "retire", "1") ? errno : 0);
	}
	while (!module_stop("nsguard"))
		if (errno != EAGAIN)
			bail("remove");
	for (i = 0; i < 2; i++) {
		if (waitpid(pids[i], &status, 0) != pids[i])
			bail("wait");
		error = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		good += !error;
		late += error == ENOENT || error == ENODEV;
	}
	ok(good && good + late == 2, "twice: it is retired, or gone (%d, %d)", good,
	   late);
	ok(access("/sys/module/nsguard", F_OK), "twice: it is gone");
}

static void check_retires(const char *what)
{
	int error = try_retire();

	ok(!error, "%s: then it succeeds (%s)", what, strerror(error));
	check_left();
	unload();
}

static void hangs(void)
{
	int lease, status, kmsg = kmsg_open();
	struct box box;

	lease_patience(true);
	guard_start(GUARD_ENFORCE);
	lease = start_hung(&box);
	check_guarding("hung exec");
	ok(kmsg_count(kmsg, " is in bprm_execve") == 1,
	   "hung exec: the log names the task");
	check_parameters();
	lease_give_up(lease);
	status = box_wait(&box);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == HUNG_STATUS,
	   "hung exec: it goes on (%x)", status);
	check_retires("hung exec");
	lease_patience(false);
	close(kmsg);
}

static void start_standers(struct box *box, const char *what)
{
	guard_start(GUARD_ENFORCE);
	box_create(box, BOX_PRIVILEGED, "stander", what);
	box_go(box);
	board_set(&box->board->go, 1);
	ok(board_reaches(&box->board->rounds, 2, PATIENCE_MS),
	   "%s: they stand in turn", what);
}

/* Who finds out that it has begun is too late: nobody is inside, or it is refused. */
static void stand_at_the_word(void)
{
	struct box box;
	pid_t retirer;

	start_standers(&box, "warned");
	retirer = retire();
	if (state_becomes("leaving"))
		board_set(&box.board->go, 2);
	ok(board_reaches(&helper->retired, 1, PATIENCE_MS) && !helper->error,
	   "warned: it retires (%s)", strerror(helper->error));
	reap(retirer);
	check_left();
	unload();
	ok(!box_end(&box), "warned: all that they executed went on");
}

static void stand_at_the_door(void)
{
	int kmsg = kmsg_open();
	struct box box;

	start_standers(&box, "greedy");
	check_guarding("greedy");
	ok(kmsg_count(kmsg, " is in bprm_execve") >= 1,
	   "greedy: the log names a task");
	ok(!box_end(&box), "greedy: all that they executed went on");
	check_retires("greedy");
	close(kmsg);
}

/* Who finds out by the door goes where it does not hang by a tracer, and waits there. */
static void stand_elsewhere(void)
{
	struct box box;
	int error;

	start_standers(&box, "elsewhere");
	error = try_retire();
	ok(!error || (error == EBUSY && !strcmp(state(), "guarding")),
	   "elsewhere: it retires, or guards on (%s, %s)", strerror(error), state());
	ok(box.board->ready == 1, "elsewhere: they wait there");
	if (error)
		error = try_retire();
	ok(!error, "elsewhere: in the end it has retired (%s)", strerror(error));
	check_left();
	unload();
	ok(!box_end(&box), "elsewhere: all went on");
}

/* What the kernel starts to take a core, from where a container says. */
static void helper_hangs(void)
{
	int lease, status;
	char before[128];
	pid_t pid;

	if (read_text(CORE_PATTERN, before, sizeof(before)) <= 0 ||
	    write_text(CORE_PATTERN, "|" HERE "hung") ||
	    system("mkdir -p /share && cp " HERE "interpreter " HUNG_INTERPRETER))
		bail("a helper");
	lease_patience(true);
	guard_start(GUARD_ENFORCE);
	lease = lease_take(HUNG_INTERPRETER);
	fflush(NULL);
	pid = fork();
	if (!pid)
		abort();
	while (!lease_wanted(lease))
		usleep(1000);
	check_retires("hung helper");
	lease_give_up(lease);
	if (waitpid(pid, &status, 0) != pid)
		bail("wait");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	   "hung helper: who dumps core goes on (%x)", status);
	lease_patience(false);
	if (write_text(CORE_PATTERN, strtok(before, "\n")))
		bail(CORE_PATTERN);
}

/* Who asks another family keeps ours from going; nor does status get an answer then. */
static void neighbour_waits(const char *before)
{
	int error, kmsg = kmsg_open();
	char word[32];

	asker_start();
	error = try_retire();
	ok(error == EBUSY, "neighbour: the retirement is refused (%s)", strerror(error));
	ok(kmsg_count(kmsg, KEPT) == 1, "neighbour: the log says what is in the way");
	if (read_text(PARAMETERS "state", word, sizeof(word)) <= 0)
		bail("the state");
	ok(!strcmp(strtok(word, "\n"), before), "neighbour: the state is as before (%s)",
	   word);
	ok(hooked() == !strcmp(before, "guarding"), "neighbour: and so are the hooks");
	asker_end();
	/* Answered after the worker, who has waited since before. */
	ok(!strcmp(state(), before), "neighbour: then status is answered (%s)", state());
	close(kmsg);
}

/*
 * Whoever does it again is found again.  He does not hear that a retirement is tried,
 * which would tell him when to do it.
 */
static void neighbour_guarding(int times)
{
	int families;

	guard_start(GUARD_ENFORCE);
	families = families_listen();
	neighbour_waits("guarding");
	if (times > 0)
		neighbour_waits("guarding");
	ok(!families_moved(families), "neighbour: nobody hears of it");
	check_retires("neighbour");
	ok(families_moved(families), "neighbour: but of the family that goes");
	close(families);
}

static void start_starver(struct box *box)
{
	box_create(box, BOX_PRIVILEGED, "starver", "calls");
	box_go(box);
	board_reaches(&box->board->ready, 1, PATIENCE_MS);
}

/* Tasks that are ready to run and hardly ever do. */
static void starves(void)
{
	int kmsg = kmsg_open();
	struct box box;

	guard_start(GUARD_ENFORCE);
	start_starver(&box);
	board_set(&box.board->go, 1);
	board_reaches(&box.board->ready, 2, PATIENCE_MS);
	check_guarding("starved");
	ok(kmsg_count(kmsg, STARVED) > 0, "starved: the log names a task");
	close(kmsg);
	ok(!box_end(&box), "starved: the container ends");
	check_retires("starved");
}

/* The same a moment too late to be met beforehand; false if it was too late. */
static bool starves_late(void)
{
	int kmsg = kmsg_open();
	struct box box;
	pid_t retirer;
	bool late;

	guard_start(GUARD_ENFORCE);
	start_starver(&box);
	retirer = retire();
	state_becomes("leaving");
	board_set(&box.board->go, 1);
	ok(board_reaches(&helper->retired, 1, PATIENCE_MS),
	   "starved late: the retirement ends");
	reap(retirer);
	late = !helper->error;
	if (!late) {
		ok(helper->error == EBUSY, "starved late: it is busy (%s)",
		   strerror(helper->error));
		ok(kmsg_count(kmsg, STARVED) > 0, "starved late: the log names a task");
		check_leaving();
	}
	close(kmsg);
	ok(!box_end(&box), "starved late: the container ends");
	if (late) {
		unload();
		return false;
	}
	neighbour_waits("leaving");
	check_retires("starved late");
	return true;
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 2, tries = 0;

	helper = mmap(NULL, sizeof(*helper), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (helper == MAP_FAILED)
		bail("mmap");
	if (times > 0)
		hammered_times(times);
	hangs();
	stand_at_the_word();
	stand_at_the_door();
	stand_elsewhere();
	helper_hangs();
	neighbour_guarding(times);
	retire_twice();
	starves();
	while (!starves_late())
		if (++tries == LATE_TRIES)
			bail("it always leaves in time");
	return tap_done();
}
