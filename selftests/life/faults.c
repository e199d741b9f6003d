// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation on a way fails once: of what containers do, of their start, of
 * what comes of a violation, and of requests to the module.
 *
 *	faults [WORD]
 *
 * Nothing breaks, no task of a container goes unwatched without having been counted,
 * no attacker lives on, and what was not told of has been counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/fault.h"
#include "life/inmate.h"
#include "life/kmsg.h"
#include "life/starve.h"

#define INMATE	"/nsguard/tests/life/inmate"
/* Not that of ctl/role.c, which stays. */
#define JAIL	"/tmp/faults"

/* A family's number does not change while it is there. */
static int family;
static int fixture;

static int64_t tracked(void)
{
	static char text[65536];
	FILE *from = popen("nsguardctl --json status", "re");
	int64_t tasks = -1;
	size_t len;

	if (!from)
		bail("nsguardctl");
	len = fread(text, 1, sizeof(text) - 1, from);
	text[len] = '\0';
	if (pclose(from))
		bail("nsguardctl status failed");
	json_compact(text);
	if (!json_number(text, "tasks", &tasks))
		bail("no number of tasks");
	return tasks;
}

/* All of them, soon, or it was counted that one could not be. */
static void check_tracked(const char *what, int threads, int64_t failures)
{
	int64_t limit = now_ms() + PATIENCE_MS, now;

	do
		now = tracked();
	while (now != threads && now_ms() < limit &&
	       guard_counter("alloc_failures") == failures);
	ok(now == threads || guard_counter("alloc_failures") > failures,
	   "%s: %d tasks, each tracked or counted (%lld)", what, threads,
	   (long long)now);
}

/* What a container does by itself: all of it legal. */
static void starve(const char *what)
{
	int64_t failures = guard_counter("alloc_failures");
	struct tally before = guard_tally(), after;
	struct box box;
	int status;

	box_create(&box, BOX_PRIVILEGED, "starve", what);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, 5 * PATIENCE_MS))
		bail("%s: it takes too long", what);
	ok(box.board->ready > 1, "%s: %d allocations", what,
	   box.board->ready - 1);
	check_tracked(what, box_threads(&box), failures);
	board_set(&box.board->go, 1);
	status = box_wait(&box);
	ok(!status, "%s: ends well (%x)", what, status);
	after = guard_tally();
	ok(after.events == before.events && after.kills == before.kills,
	   "%s: no event, no kill (%lld, %lld)", what,
	   (long long)(after.events - before.events),
	   (long long)(after.kills - before.kills));
}

struct lost {
	int64_t events, lost, suppressed;
};

static struct lost count_told(void)
{
	return (struct lost){
		.events = guard_counter("events"),
		.lost = guard_counter("events_lost"),
		.suppressed = guard_counter("events_suppressed"),
	};
}

/* How many have been told of, or counted as not told of. */
static int64_t told_since(const struct lost *before)
{
	struct lost now = count_told();

	return now.events + now.lost + now.suppressed -
	       before->events - before->lost - before->suppressed;
}

static void violate(const char *what, const char *mode)
{
	struct lost before = count_told();
	int64_t limit;
	struct box box;
	char path[64];
	int fired;

	guard_set("mode", mode);
	box_create(&box, BOX_DOCKER, "starve", what);
	snprintf(path, sizeof(path), "%s/shut", box.share);
	if (mkdir(path, 0700))
		bail("%s", path);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, 5 * PATIENCE_MS))
		bail("%s: it takes too long", what);
	fired = box.board->rounds;
	ok(fired > 1, "%s, %s: %d shots", what, mode, fired);
	limit = now_ms() + PATIENCE_MS;
	while (told_since(&before) < fired && now_ms() < limit)
		usleep(10000);
	ok(told_since(&before) >= fired, "%s, %s: each is told of or counted (%lld)",
	   what, mode, (long long)told_since(&before));
	/* In enforce each that was fired has been refused or killed. */
	if (!strcmp(mode, "enforce"))
		ok(!box.board->errors, "%s: none has an effect or lives on (%d)",
		   what, box.board->errors);
	else
		box.board->errors = 0;
	board_set(&box.board->go, 1);
	box_wait(&box);
	fixture_balance(fixture, guard_by_name(mode));
	guard_set("mode", "enforce");
}

static void make_jail(void)
{
	if (mkdir(JAIL, 0755) || system("cp " INMATE " " JAIL "/program"))
		bail(JAIL);
}

/* The task that becomes a container by executing its program. */
static void become_container(int n)
{
	char left[16];
	int fault = fault_open();

	if (fault < 0 || dup2(fault, STARVE_FAULT_FD) != STARVE_FAULT_FD ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) || chroot(JAIL) || chdir("/") ||
	    !fault_arm(STARVE_FAULT_FD, n))
		_exit(125);
	execl("/program", "/program", STARVE_LINGER, NULL);
	snprintf(left, sizeof(left), "%c", '-');
	_exit(write(STARVE_TOLD_FD, left, sizeof(left)) != sizeof(left));
}

/* Its runtime, which waits for it. */
static pid_t start_container(int n, int told)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (dup2(told, STARVE_TOLD_FD) != STARVE_TOLD_FD ||
	    unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS))
		_exit(125);
	pid = fork();
	if (!pid)
		become_container(n);
	close(STARVE_TOLD_FD);
	waitpid(pid, NULL, 0);
	_exit(0);
}

/* Those that start, start as containers that are watched. */
static void start_series(void)
{
	int64_t failures = guard_counter("alloc_failures");
	pid_t pids[FAULT_MAX];
	int n, i, count = 0, started = 0;
	char left[16];
	int told[2];

	make_jail();
	for (n = 1; n < FAULT_MAX; n++) {
		if (pipe2(told, O_CLOEXEC))
			bail("pipe");
		pids[count] = start_container(n, told[1]);
		if (pids[count++] < 0)
			bail("fork");
		close(told[1]);
		/* The end of it, if it died on its way. */
		i = read(told[0], left, sizeof(left));
		close(told[0]);
		if (i != sizeof(left) || left[0] == '-')
			continue;
		started++;
		if (atoi(left))
			break;
	}
	ok(n > 1 && n < FAULT_MAX, "start: %d allocations", n - 1);
	check_tracked("start", started, failures);
	for (i = 0; i < count; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	if (system("rm -r " JAIL))
		bail(JAIL);
	check_tracked("their end", 0, failures);
}

/* A request of the module's family. */
struct request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char attributes[64];
};

static void put_attribute(struct request *r, int type, const void *data, int len)
{
	struct nlattr *at = (void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	at->nla_type = type;
	at->nla_len = NLA_HDRLEN + len;
	memcpy((char *)at + NLA_HDRLEN, data, len);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) +
			    NLA_ALIGN(at->nla_len);
}

static struct request request(int type, int command, int flags)
{
	return (struct request){
		.head = {
			.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | flags,
		},
		.genl = { .cmd = command, .version = 1 },
	};
}

/* Sends it and reads what comes, to the end. */
static int ask(const struct request *r, char *answer, size_t size)
{
	/* There may be no memory for an answer. */
	struct timeval patience = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	struct nlmsghdr *head = (void *)answer;
	ssize_t n;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
				 sizeof(patience)) ||
	    send(fd, r, r->head.nlmsg_len, 0) < 0)
		return -1;
	do
		n = recv(fd, answer, size, 0);
	while (n > 0 && head->nlmsg_flags & NLM_F_MULTI &&
	       head->nlmsg_type != NLMSG_DONE);
	close(fd);
	return n;
}

static void find_family(void)
{
	struct request r = request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	char answer[8192], *at;
	struct nlattr *attr;
	int n;

	put_attribute(&r, CTRL_ATTR_FAMILY_NAME, NSGUARD_GENL_NAME,
		      sizeof(NSGUARD_GENL_NAME));
	n = ask(&r, answer, sizeof(answer));
	for (at = answer + NLMSG_LENGTH(GENL_HDRLEN); n > 0 && at < answer + n;
	     at += NLA_ALIGN(attr->nla_len)) {
		attr = (void *)at;
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(uint16_t *)(at + NLA_HDRLEN);
	}
	if (!family)
		bail("no family " NSGUARD_GENL_NAME);
}

static void ask_again(void *r)
{
	static char answer[65536];

	ask(r, answer, sizeof(answer));
}

static void ask_all(void)
{
	struct request status = request(family, NSGUARD_CMD_STATUS_GET, 0);
	struct request containers = request(family, NSGUARD_CMD_CONTAINERS_GET,
					    NLM_F_DUMP);
	struct request mode = request(family, NSGUARD_CMD_MODE_SET, NLM_F_ACK);
	uint8_t enforce = NSGUARD_MODE_ENFORCE;
	struct {
		const char *what;
		struct request *request;
	} all[] = {
		{ "status", &status },
		{ "containers", &containers },
		{ "mode", &mode },
	};
	struct box box;
	size_t i;
	int n;

	put_attribute(&mode, NSGUARD_A_STATUS_MODE, &enforce, sizeof(enforce));
	box_create(&box, BOX_USERNS, "threads", NULL);
	box_go(&box);
	if (!box_pause(&box, NR_BREEDERS))
		bail("the container does not stand still");
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct fault_series series = {
			.act = ask_again,
			.arg = all[i].request,
		};

		n = fault_run(&series);
		ok(n > 1, "%s: %d allocations", all[i].what, n - 1);
	}
	ok(!box_end(&box), "requests: the container ends well");
}

static bool chosen(const char *word, const char *what)
{
	return !word || strstr(what, word);
}

int main(int argc, char **argv)
{
	static const char *const legal[] = {
		"fork", "thread", "exec", "setuid", "setns", "unshare",
		"unshare-user", "chroot",
	}, *const shots[] = { "shot-cred", "shot-commit", "shot-ns" };
	const char *word = argc > 1 ? argv[1] : NULL;
	int kmsg = kmsg_open();
	size_t i;

	if (!fault_prepare()) {
		printf("1..0 # SKIP the kernel injects no faults\n");
		return 0;
	}
	fixture_start();
	fixture = fixture_open();
	guard_start(GUARD_ENFORCE);
	find_family();
	for (i = 0; i < ARRAY_SIZE(legal); i++)
		if (chosen(word, legal[i]))
			starve(legal[i]);
	if (chosen(word, "start"))
		start_series();
	for (i = 0; i < ARRAY_SIZE(shots); i++) {
		if (!chosen(word, shots[i]))
			continue;
		violate(shots[i], "enforce");
		violate(shots[i], "audit");
	}
	if (chosen(word, "requests"))
		ask_all();
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	ok(!kmsg_count(kmsg, "FAULT_INJECTION"), "the log is not full of it");
	return tap_done();
}
