/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_ENTERER_H
#define SELFTESTS_ENTERER_H

/* The descriptor of a namespace that a careless launcher leaks. */
#define ENTERER_FD	50
/* No error's number. */
#define ENTERER_BROKEN	200

#endif /* SELFTESTS_ENTERER_H */
