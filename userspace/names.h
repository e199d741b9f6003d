/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_NAMES_H
#define NSGUARDCTL_NAMES_H

/* Names of numbers in the interface; NULL where there is none. */
const char *mode_name(unsigned int mode);
const char *layer_name(unsigned int bit);

/* The mode of that name, or -1. */
int mode_number(const char *name);

#endif /* NSGUARDCTL_NAMES_H */
