// SPDX-License-Identifier: GPL-2.0
/*
 * A function that is guarded is a BPF program's, while others are only traced: the
 * module does not load, says which it is, and has nothing changed.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/kmsg.h"

#define TRACING "/sys/kernel/tracing/"
#define TAKEN "security_path_mkdir"
#define TRACED "security_path_rmdir"

/* A program that returns 0, at the function's entry. */
static int take(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_FENTRY);
	int id = libbpf_find_vmlinux_btf_id(TAKEN, BPF_TRACE_FENTRY), prog, link;

	if (id < 0)
		bail("no " TAKEN);
	opts.attach_btf_id = id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "taken", "GPL", insns,
			     ARRAY_SIZE(insns), &opts);
	if (prog < 0)
		bail("the program: %s", strerror(errno));
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		bail("to attach it: %s", strerror(errno));
	close(prog);
	return link;
}

static void trace(void)
{
	if (write_text(TRACING "set_ftrace_filter", TRACED) ||
	    write_text(TRACING "current_tracer", "function"))
		bail("the tracer: %s", strerror(errno));
}

static void trace_no_more(void)
{
	int filter;

	if (write_text(TRACING "current_tracer", "nop"))
		bail("the tracer: %s", strerror(errno));
	filter = open(TRACING "set_ftrace_filter", O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (filter < 0)
		bail("its filter: %s", strerror(errno));
	close(filter);
}

static int load(void)
{
	int module = open(GUARD_MODULE, O_RDONLY | O_CLOEXEC);
	int error = syscall(SYS_finit_module, module, "", 0) ? errno : 0;

	close(module);
	return error;
}

int main(void)
{
	int kmsg = kmsg_open(), link = take(), error;

	trace();
	error = load();
	ok(error == EBUSY, "it does not load (%s)", strerror(error));
	ok(kmsg_count(kmsg, "can't hook " TAKEN) == 1, "the log says which it is");
	ok(!kmsg_count(kmsg, "can't hook " TRACED), "and not of what is merely traced");
	ok(access("/sys/module/nsguard", F_OK), "and it is not there");
	close(link);
	error = load();
	ok(!error, "with the tracer alone it loads (%s)", strerror(error));
	ok(guard_stop(GUARD_ENFORCE), "and leaves");
	trace_no_more();
	close(kmsg);
	return tap_done();
}
