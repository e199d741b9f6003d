/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_NAMES_H
#define NSGUARDCTL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Names of numbers in the interface; NULL where there is none. */
const char *mode_name(unsigned int mode);
const char *state_name(unsigned int state);
const char *layer_name(unsigned int bit);

/* The mode of that name, or -1. */
int mode_number(const char *name);

/* A positive number and nothing else. */
bool parse_number(const char *text, uint64_t *number);

#endif /* NSGUARDCTL_NAMES_H */
