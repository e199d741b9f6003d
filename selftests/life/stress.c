// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once: containers of each kind and a process of the host do all that
 * a program may do, while the module comes and goes, the mode changes, listeners
 * come and go, and so does a trace of all system calls:
 *
 *	stress CYCLES [SECONDS]
 *
 * Nobody is killed, nothing is told of, and each deed has the result that it has
 * without the module.  SECONDS: that a load lasts, at least.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/kmsg.h"

#define INMATE		"/nsguard/tests/life/inmate"
#define HOST_DIR	"/tmp/stress"
#define PARAMETERS	"/sys/module/nsguard/parameters/"
#define TRACE		"/sys/kernel/tracing/events/raw_syscalls/sys_enter/enable"

static const enum box_kind kinds[] = {
	BOX_USERNS, BOX_DOCKER, BOX_NESTED, BOX_AMBIGUOUS,
};
#define NR_BOXES ((int)ARRAY_SIZE(kinds))

static struct box boxes[NR_BOXES];
static struct board *host_board;
static pid_t host_pid;

/* What goes on beside; each counts its rounds. */
static struct beside {
	int stop;
	int listened;
	int traced;
} *beside;

static void start_host(void)
{
	if (mkdir(HOST_DIR, 0755) || system("cp " INMATE " " HOST_DIR "/setuid") ||
	    chmod(HOST_DIR "/setuid", 04755))
		bail(HOST_DIR);
	host_board = board_map(HOST_DIR "/" BOARD_NAME, true);
	fflush(NULL);
	host_pid = fork();
	if (host_pid < 0 || !host_board)
		bail(HOST_DIR);
	if (!host_pid) {
		execl(INMATE, INMATE, "toil", HOST_DIR "/setuid",
		      HOST_DIR "/" BOARD_NAME, NULL);
		_exit(127);
	}
}

static int stop_host(void)
{
	int status;

	board_set(&host_board->stop, 1);
	if (waitpid(host_pid, &status, 0) != host_pid)
		bail("wait");
	if (host_board->errors)
		diag("host: %d errors, the first: %s", host_board->errors,
		     host_board->error);
	board_unmap(host_board);
	if (system("rm -r " HOST_DIR))
		bail(HOST_DIR);
	return status;
}

static struct board *board(int i)
{
	return i < NR_BOXES ? boxes[i].board : host_board;
}

static const char *name(int i)
{
	return i < NR_BOXES ? box_names[kinds[i]] : "host";
}

static void start_all(void)
{
	int i;

	for (i = 0; i < NR_BOXES; i++) {
		box_create(&boxes[i], kinds[i], "toil", NULL);
		box_go(&boxes[i]);
	}
	start_host();
	for (i = 0; i <= NR_BOXES; i++) {
		ok(board_reaches(&board(i)->ready, 15, PATIENCE_MS),
		   "%s: %d deeds work without a guard", name(i),
		   board(i)->ready);
		board_set(&board(i)->go, 1);
	}
}

static void stop_all(void)
{
	int i, rounds, status;

	for (i = 0; i <= NR_BOXES; i++) {
		rounds = board(i)->rounds;
		status = i < NR_BOXES ? box_end(&boxes[i]) : stop_host();
		ok(!status, "%s: %d deeds, none killed or hindered (%x)",
		   name(i), rounds, status);
	}
}

/* Each does some of its deeds. */
static bool work(int rounds)
{
	bool good = true;
	int i, from[NR_BOXES + 1];

	for (i = 0; i <= NR_BOXES; i++)
		from[i] = board(i)->rounds;
	for (i = 0; i <= NR_BOXES; i++)
		good &= board_reaches(&board(i)->rounds, from[i] + rounds,
				      PATIENCE_MS);
	return good;
}

static bool undisturbed(void)
{
	bool good = true;
	int i;

	for (i = 0; i <= NR_BOXES; i++)
		good &= !board(i)->errors;
	for (i = 0; i < NR_BOXES; i++)
		good &= !box_ended(&boxes[i]);
	return good;
}

/* A listener that goes as soon as it has said that it is there. */
static void listen_once(void)
{
	char line[128] = "";
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		_exit(1);
	pid = fork();
	if (!pid) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		execlp("nsguardctl", "nsguardctl", "--json", "monitor", NULL);
		_exit(127);
	}
	close(out[1]);
	/* Or that there is no module. */
	if (read(out[0], line, sizeof(line) - 1) > 0 &&
	    strstr(line, "listening"))
		board_add(&beside->listened, 1);
	close(out[0]);
	if (pid < 0)
		_exit(1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void trace_once(void)
{
	if (write_text(TRACE, "1"))
		_exit(1);
	usleep(200000);
	if (write_text(TRACE, "0"))
		_exit(1);
	board_add(&beside->traced, 1);
	usleep(200000);
}

static pid_t start_beside(void (*once)(void))
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	while (!pid) {
		if (__atomic_load_n(&beside->stop, __ATOMIC_SEQ_CST))
			_exit(0);
		once();
	}
	return pid;
}

static bool change_modes(void)
{
	static const char *const modes[] = { "off", "enforce", "audit",
					     "enforce" };
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		good &= !write_text(PARAMETERS "mode", modes[i]);
		good &= work(2);
	}
	return good;
}

static bool cycle(int n, int seconds, int kmsg)
{
	int64_t until = now_ms() + seconds * 1000LL;
	struct tally tally;
	bool good = true;

	guard_load("mode=enforce storm=0 sweep_ms=100");
	/* Oftener, where it may be. */
	write_text(PARAMETERS "sweep_ms", "50");
	good &= ok(guard_counter_reaches("sweeps", 3, PATIENCE_MS),
		   "load %d: the sweep comes round", n);
	do
		good &= change_modes();
	while (good && now_ms() < until);
	ok(good, "load %d: all work in each mode", n);
	tally = guard_tally();
	good &= ok(!tally.events && !tally.kills,
		   "load %d: no event, no kill (%lld, %lld)", n,
		   (long long)tally.events, (long long)tally.kills);
	good &= ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n);
	good &= ok(!kmsg_count(kmsg, KMSG_ALERT), "load %d: no alert", n);
	return ok(undisturbed(), "load %d: nobody was disturbed", n) && good;
}

int main(int argc, char **argv)
{
	int cycles = argc > 1 ? atoi(argv[1]) : 0;
	int seconds = argc > 2 ? atoi(argv[2]) : 0;
	int i, status, kmsg = kmsg_open();
	pid_t pids[2];

	if (cycles < 1)
		bail("how often?");
	beside = mmap(NULL, sizeof(*beside), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (beside == MAP_FAILED)
		bail("mmap");
	start_all();
	pids[0] = start_beside(listen_once);
	pids[1] = start_beside(trace_once);
	for (i = 1; i <= cycles; i++)
		if (!cycle(i, seconds, kmsg))
			break;
	board_set(&beside->stop, 1);
	for (i = 0; i < 2; i++)
		ok(waitpid(pids[i], &status, 0) == pids[i] && !status,
		   "what went on beside ends well (%x)", status);
	ok(beside->listened >= cycles && beside->traced >= cycles,
	   "there were listeners and traces (%d, %d)", beside->listened,
	   beside->traced);
	stop_all();
	return tap_done();
}
