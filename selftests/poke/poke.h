/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nsguard_poke - what its device takes
 *
 * WARNING: the module behind this interface lets every user of the machine
 * overwrite the kernel's memory.  It is for throw-away guests.
 */
#ifndef NSGUARD_POKE_H
#define NSGUARD_POKE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define POKE_DEVICE	"nsguard_poke"
#define POKE_MAX_STEPS	4
#define POKE_MAX_SIZE	32

/* A task: the caller, or the machine's first process. */
enum poke_whose {
	POKE_MINE,
	POKE_FIRST,
};

/**
 * struct poke_place - a place in the kernel's memory
 * @whose: enum poke_whose: begin at that task
 * @steps: how many offsets; all but the last lead to a pointer to follow
 * @offset: in bytes
 */
struct poke_place {
	__u32 whose;
	__u32 steps;
	__u32 offset[POKE_MAX_STEPS];
};

/* From where the store comes. */
enum poke_from {
	POKE_HARDIRQ,	/* a high-resolution timer */
	POKE_WORKER,	/* a workqueue without a processor of its own */
	POKE_IPI,	/* an interrupt that another processor sends */
	POKE_NR_FROM,
};

/* What is stored. */
enum poke_how {
	POKE_BYTES,	/* @bytes */
	POKE_COPY,	/* what lies at @source */
	POKE_CLEAR,	/* what lies there, without the bits of @bytes */
	POKE_NR_HOW,
};

/**
 * struct poke - one store
 * @to: where
 * @source: for POKE_COPY
 * @from: enum poke_from
 * @how: enum poke_how
 * @size: in bytes, a multiple of four
 * @cpu: to come from, for POKE_IPI
 * @bytes: see enum poke_how
 * @was: out; what it overwrote
 */
struct poke {
	struct poke_place to;
	struct poke_place source;
	__u32 from;
	__u32 how;
	__u32 size;
	__u32 cpu;
	__u8 bytes[POKE_MAX_SIZE];
	__u8 was[POKE_MAX_SIZE];
};

/* Returns when it has been stored. */
#define POKE_IOC_STORE	_IOWR('p', 0x60, struct poke)

#endif /* NSGUARD_POKE_H */
