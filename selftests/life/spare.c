// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above a container that has little memory to spare and forks:
 *
 *	spare LOADS
 *
 * Who has ended takes none of that while the loader looks at the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

/* One child at a time for each. */
#define FORKERS		2
/* For what is freed a moment later. */
#define SPARE		(1 << 20)
#define ROUNDS		500

static struct box box;

static long long memory(const char *file, const char *key)
{
	char path[128], text[512], *at = text;

	box_cgroup(&box, file, path, sizeof(path));
	if (read_text(path, text, sizeof(text)) <= 0 ||
	    (key && !(at = strstr(text, key))))
		bail("%s", path);
	return atoll(key ? at + strlen(key) : at);
}

static void limit(void)
{
	char path[128], text[64];

	snprintf(text, sizeof(text), "%lld",
		 memory("memory.current", NULL) + SPARE);
	box_cgroup(&box, "memory.max", path, sizeof(path));
	if (write_text(path, text))
		bail("%s", path);
}

/* Killed for its memory, so far. */
static long long killed(void)
{
	return memory("memory.events", "\noom_kill ");
}

static void load(int n)
{
	long long before = killed();
	int rounds = box.board->rounds;

	guard_load("mode=enforce storm=0");
	diag("load %d: %d forks", n, box.board->rounds - rounds);
	ok(box.board->rounds - rounds > ROUNDS, "load %d: it forked meanwhile", n);
	ok(killed() == before, "load %d: nobody was killed for it (%lld)", n,
	   killed() - before);
	ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n);
}

int main(int argc, char **argv)
{
	int i, loads = argc > 1 ? atoi(argv[1]) : 0, status;
	char number[16];

	if (loads < 1)
		bail("how often?");
	snprintf(number, sizeof(number), "%d", FORKERS);
	box_create(&box, BOX_DOCKER, "forker", number);
	box_go(&box);
	if (!board_reaches(&box.board->ready, FORKERS, PATIENCE_MS))
		bail("the container does not work");
	board_set(&box.board->go, 1);
	while (__atomic_load_n(&box.board->rounds, __ATOMIC_SEQ_CST) < ROUNDS)
		usleep(10000);
	limit();
	while (__atomic_load_n(&box.board->rounds, __ATOMIC_SEQ_CST) < 4 * ROUNDS)
		usleep(10000);
	ok(!killed(), "without the module nobody is killed");
	for (i = 1; i <= loads; i++)
		load(i);
	status = box_end(&box);
	ok(!status, "the container ends well (%x)", status);
	return tap_done();
}
