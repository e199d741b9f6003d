/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_HUNG_H
#define SELFTESTS_HUNG_H

/* In a container: the program, whose interpreter is the other. */
#define HUNG_PROGRAM		"/share/hung"
#define HUNG_INTERPRETER	"/share/interpreter"
#define HUNG_STATUS		42

#endif /* SELFTESTS_HUNG_H */
