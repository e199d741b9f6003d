/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_NEST_H
#define SELFTESTS_NEST_H

/*
 * Runs the program, with these arguments, in a container inside this one, which
 * may do everything here.  Its exit status as a shell would give it.
 */
int nest(char *const *argv);

#endif /* SELFTESTS_NEST_H */
