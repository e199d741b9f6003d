// SPDX-License-Identifier: GPL-2.0
/*
 * The same end states by other hands: raw stores at offsets that the running
 * kernel's BTF names, from interrupts and workers, without a lock or reference.
 *
 *	poke MODES
 *
 * MODES: one or more of off, audit, enforce with commas in between.  What fits
 * this and attack/matrix fits more than one fixture.
 */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "attack/witness.h"
#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"
#include "poke/btf.h"
#include "poke/recipe.h"

#define POKER	"/nsguard/tests/poke/poker"
#define MODULE	"/nsguard/nsguard_poke.ko"

/* SYSCALL_WORK_BIT_SYSCALL_TRACEPOINT */
#define MARK	(1UL << 1)

/**
 * struct store - where and what, in the words of the kernel's own description
 * @to: members with a blank where a pointer is followed
 * @source: the same of the first process's, to copy from; NULL: @fill
 * @size: in bytes
 * @fill: what for
 */
struct store {
	const char *to;
	const char *source;
	unsigned int size;
	enum { FILL_OWNER, FILL_ALL, FILL_MARK } fill;
};

static const struct poking {
	const char *desc;
	const char *rule;
	enum container_kind kind;
	enum poke_from from;
	enum use use;
	enum place place;
	struct store stores[MAX_POKES];
} pokings[] = {
	{ "ids, from a timer", "cred-content", CONTAINER_USERNS, POKE_HARDIRQ,
	  USE_READ, PLACE_OWNER,
	  { { "task_struct.real_cred cred.uid", NULL, 32, FILL_OWNER } } },
	{ "capabilities, from a worker", "cred-content", CONTAINER_DOCKER,
	  POKE_WORKER, USE_MKDIR, PLACE_OWNER,
	  { { "task_struct.real_cred cred.cap_permitted", NULL, 8, FILL_ALL },
	    { "task_struct.real_cred cred.cap_effective", NULL, 8,
	      FILL_ALL } } },
	{ "the user namespace, from another processor", "cred-userns",
	  CONTAINER_USERNS, POKE_IPI, USE_UNLINK, PLACE_OWNER,
	  { { "task_struct.real_cred cred.user_ns",
	      "task_struct.real_cred cred.user_ns", 8, 0 } } },
	{ "the first process's credential, from a timer", "cred-pointer",
	  CONTAINER_DOCKER, POKE_HARDIRQ, USE_CHMOD, PLACE_OWNER,
	  { { "task_struct.real_cred", "task_struct.real_cred", 8, 0 },
	    { "task_struct.cred", "task_struct.cred", 8, 0 } } },
	{ "the subjective credential, from another processor",
	  "cred-subjective", CONTAINER_USERNS, POKE_IPI, USE_RENAME,
	  PLACE_OWNER, { { "task_struct.cred", "task_struct.cred", 8, 0 } } },
	{ "the network, from a worker", "nsproxy-content", CONTAINER_USERNS,
	  POKE_WORKER, USE_LOOPBACK, PLACE_OWNER,
	  { { "task_struct.nsproxy nsproxy.net_ns",
	      "task_struct.nsproxy nsproxy.net_ns", 8, 0 } } },
	{ "the namespaces, from another processor", "nsproxy-pointer",
	  CONTAINER_DOCKER, POKE_IPI, USE_ABSTRACT, PLACE_OWNER,
	  { { "task_struct.nsproxy", "task_struct.nsproxy", 8, 0 } } },
	{ "the root, from a timer", "fs-root", CONTAINER_USERNS, POKE_HARDIRQ,
	  USE_CREATE, PLACE_HOST,
	  { { "task_struct.fs fs_struct.root", "task_struct.fs fs_struct.root",
	      16, 0 } } },
	{ "the fs_struct, from a worker", "fs-pointer", CONTAINER_DOCKER,
	  POKE_WORKER, USE_TRUNCATE, PLACE_HOST,
	  { { "task_struct.fs", "task_struct.fs", 8, 0 } } },
	/* The mark first, or the second store would pass the gate. */
	{ "the mark and ids, from another processor", "cred-content",
	  CONTAINER_DOCKER, POKE_IPI, USE_READ, PLACE_OWNER,
	  { { "task_struct.thread_info.syscall_work", NULL, 8, FILL_MARK },
	    { "task_struct.real_cred cred.uid", NULL, 32, FILL_OWNER } } },
};

static struct monitor monitor;

/* "A.b C.d": the offset of b in A, then, behind that pointer, of d in C. */
static void fill_place(struct poke_place *place, const char *path)
{
	char text[128], *at = text, *step;

	snprintf(text, sizeof(text), "%s", path);
	while ((step = strsep(&at, " ")))
		place->offset[place->steps++] = btf_offset(step);
}

static void fill_bytes(struct poke *poke, const struct store *store,
		       unsigned int owner)
{
	unsigned long mark = MARK;
	unsigned int i;

	switch (store->fill) {
	case FILL_OWNER:
		for (i = 0; i < store->size; i += sizeof(owner))
			memcpy(poke->bytes + i, &owner, sizeof(owner));
		break;
	case FILL_ALL:
		for (i = 0; i <= CAP_LAST_CAP; i++)
			poke->bytes[i / 8] |= 1 << i % 8;
		break;
	case FILL_MARK:
		memcpy(poke->bytes, &mark, sizeof(mark));
		break;
	}
}

static void fill_poke(struct poke *poke, const struct poking *p,
		      const struct store *store, unsigned int owner)
{
	poke->from = p->from;
	/* Another than most of the test's. */
	poke->cpu = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	poke->size = store->size;
	fill_place(&poke->to, store->to);
	if (store->source) {
		poke->how = POKE_COPY;
		poke->source.whose = POKE_FIRST;
		fill_place(&poke->source, store->source);
	} else {
		poke->how = store->fill == FILL_MARK ? POKE_CLEAR : POKE_BYTES;
		fill_bytes(poke, store, owner);
	}
}

static void tell_pokes(const struct poking *p, const struct witness *w)
{
	struct pokes pokes = {};
	char path[128];

	while (pokes.count < MAX_POKES && p->stores[pokes.count].to) {
		fill_poke(&pokes.poke[pokes.count], p, &p->stores[pokes.count],
			  w->owner);
		pokes.count++;
	}
	snprintf(path, sizeof(path), "%s/pokes", w->share);
	put_file(path, &pokes, sizeof(pokes), 0644);
}

static void judge_event(const struct poking *p, const char *mode, int64_t events)
{
	/* Under audit other stores follow, and the poker undoes them. */
	bool more = !strcmp(mode, "audit"), found = false;
	static char event[65536];
	char rule[64] = "";

	ok(more ? events >= 1 : events == 1, "%s %s: one event%s (%lld)", mode,
	   p->desc, more ? " or more" : "", (long long)events);
	while (events-- > 0 &&
	       monitor_next(&monitor, event, sizeof(event), 10000)) {
		json_string(event, "rule", rule, sizeof(rule));
		found |= !strcmp(rule, p->rule);
	}
	if (!ok(found, "%s %s: the rule is %s (%s)", mode, p->desc, p->rule,
		rule))
		diag("%s", event);
}

static void run(const struct poking *p, const char *mode)
{
	static char *const argv[] = { (char *)"/program", NULL };
	bool enforce = !strcmp(mode, "enforce"), effect;
	/* Root is let through by its user namespace alone. */
	bool root = !strcmp(p->stores[0].to, "task_struct.real_cred cred.user_ns");
	struct recipe recipe = {
		.as = root ? 0 : random_between(1000, 60000),
		.use = p->use,
		.place = p->place,
	};
	struct container c = { .kind = p->kind, .program = POKER, .argv = argv,
			       .out = -1 };
	struct tally before, after;
	struct witness w;
	int status;

	guard_set("mode", mode);
	witness_start(&w);
	c.share = w.share;
	witness_tell(&w, &recipe, container_host_id(&c, recipe.as));
	tell_pokes(p, &w);
	before = guard_tally();
	container_create(&c);
	container_go(&c);
	status = container_wait(&c);
	after = guard_tally();
	effect = witness_saw(&w);
	ok(effect != enforce, "%s %s: %s (status %x)", mode, p->desc,
	   enforce ? "no effect" : "it works", status);
	if (enforce)
		ok(WIFSIGNALED(status) && WTERMSIG(status) == 9,
		   "%s %s: killed (status %x)", mode, p->desc, status);
	if (strcmp(mode, "off"))
		judge_event(p, mode, after.events - before.events);
	else
		ok(after.events == before.events, "off %s: no event", p->desc);
	witness_expect(&w, effect);
	witness_stop(&w);
}

int main(int argc, char **argv)
{
	char *list = argc > 1 ? argv[1] : NULL, *mode;
	size_t i;

	if (access(BTF_FILE, R_OK)) {
		puts("1..0 # SKIP this kernel does not describe itself (no BTF)");
		return 4;
	}
	module_start(MODULE);
	guard_start(GUARD_OFF);
	/* A sweep in between would do other layers' work. */
	guard_layers(LAYERS_BUT_SWEEP);
	monitor_start(&monitor);
	while ((mode = strsep(&list, ",")))
		for (i = 0; i < ARRAY_SIZE(pokings); i++)
			run(&pokings[i], mode);
	monitor_stop(&monitor);
	ok(guard_stop(GUARD_OFF), "the guard unloads");
	ok(module_stop("nsguard_poke"), "the fixture unloads");
	return tap_done();
}
