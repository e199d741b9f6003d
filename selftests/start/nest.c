// SPDX-License-Identifier: GPL-2.0
/* A container that a container makes is one of its own, and knows its parent. */
#include <sched.h>
#include <sys/wait.h>

#include "common/tap.h"
#include "common/util.h"
#include "member.h"
#include "shape.h"

#define SOME_NS (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET)

static const struct seen *nested_in(const struct view *before,
				    const struct view *after, int64_t outer,
				    const struct member *member)
{
	const struct seen *then = view_find(before, outer);
	const struct seen *now = view_find(after, outer);
	const struct seen *new;
	int count;

	new = view_new(before, after, &count);
	/* The process that has made it stays where it was. */
	if (count != 1 || !then || !now || now->tasks != then->tasks + 1)
		return NULL;
	return new->certain && new->tasks == 1 && new->parent == outer &&
	       new->mnt_ns == (int64_t)ns_inode(member->pid, "mnt") ?
		new : NULL;
}

void test_nesting(void)
{
	static const struct shape shape = { "the outer", SOME_NS, ROOT_PIVOT };
	struct member outer, inner;
	struct view before, after;
	int64_t id;

	view_take(&before);
	member_start(&outer, shape_run, &shape);
	id = expect("the outer container", CERTAIN, &before, &outer, 0);

	view_take(&before);
	member_run(&inner, "/usr/bin/nsenter -t %d -a /%s nest", outer.pid,
		   names.program);
	view_take(&after);
	if (!ok(nested_in(&before, &after, id, &inner),
		"the inner container is one of its own"))
		view_show(&after);
	ok(member_answers(&inner) && !member_end(&inner), "it ends well");
	ok(member_answers(&outer) && !member_end(&outer),
	   "the outer container lives on and ends well");
}
