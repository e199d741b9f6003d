/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_MUTANT_H
#define NSGUARD_SELFTESTS_CTL_MUTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talk.h"

/* The longest message, with attributes that reach their limit of 64 KiB. */
#define MUTANT_SIZE	(160 * 1024)

/* Numbers that depend on the seed alone. */
struct random {
	uint64_t state;
};
uint64_t random_next(struct random *random);
/* From 0 to @limit - 1. */
uint32_t random_below(struct random *random, uint32_t limit);

/* Writes a message into @buf, of MUTANT_SIZE; how much of it to send. */
size_t mutant_make(struct random *random, const struct family *family,
		   void *buf);
/* One more behind the @len bytes, in the same datagram. */
size_t mutant_append(struct random *random, const struct family *family,
		     void *buf, size_t len);

/* What valid requests in a datagram of root's may change. */
struct effect {
	unsigned int modes;	/* to one of these, a bit each */
	bool certain;		/* a container becomes certain */
};
/*
 * What is no request of the family, and what has attributes that are malformed
 * or not its own, must have none.
 */
struct effect mutant_effect(const struct family *family, const void *buf,
			    size_t len);
/* Makes no valid request from here on, or does again. */
void mutant_spare(bool spare);

#endif /* NSGUARD_SELFTESTS_CTL_MUTANT_H */
