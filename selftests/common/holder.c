// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/holder.h"
#include "common/tap.h"
#include "common/util.h"

#define TRACING "/sys/kernel/tracing/"
#define EVENT TRACING "events/nsguard/alert/id"
#define TRIGGER TRACING "events/sched/sched_process_exit/trigger"
#define ENABLE "enable_event:nsguard:alert"
#define PROBES TRACING "dynamic_events"

uint64_t holder_event(void)
{
	char id[32];

	return read_text(EVENT, id, sizeof(id)) > 0 ? strtoull(id, NULL, 10) : 0;
}

int holder_count(uint64_t id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.exclude_kernel = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int open_perf(void)
{
	return holder_count(holder_event());
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* A program that returns 0; once, since that takes a while. */
static int program(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)insns,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};
	static int prog;

	if (!prog)
		prog = bpf(BPF_PROG_LOAD, &load);
	if (prog < 0)
		bail("bpf: %s", strerror(errno));
	return prog;
}

static int open_bpf(void)
{
	union bpf_attr attach = { .raw_tracepoint = {
		.name = (uintptr_t)"alert",
		.prog_fd = program(),
	} };

	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attach);
}

static int set_trigger(void)
{
	return write_text(TRIGGER, ENABLE);
}

/* Off: it holds the module all the same. */
static int set_probe(void)
{
	return write_text(PROBES, "e:held/held nsguard.alert pid=$pid");
}

const struct holder holders[] = {
	{ "a perf event", open_perf, ESHUTDOWN, NULL, NULL },
	{ "a BPF program", open_bpf, ENOENT, NULL, NULL },
	{ "a trigger", set_trigger, EINVAL, TRIGGER, "!" ENABLE },
	{ "an event probe", set_probe, ENODEV, PROBES, "-:held/held" },
};
const unsigned int nr_holders = ARRAY_SIZE(holders);

bool holder_try_close(const struct holder *holder, int fd)
{
	return !(fd ? close(fd) : write_text(holder->file, holder->undo));
}

void holder_close(const struct holder *holder, int fd)
{
	if (!holder_try_close(holder, fd))
		bail("%s stays: %s", holder->name, strerror(errno));
}
