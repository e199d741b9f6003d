/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_PAGE_H
#define SELFTESTS_PAGE_H

#include <stddef.h>

/*
 * Memory of which every page is missing until it is given: whoever comes to one waits,
 * in the kernel as well.  A descriptor that tells of them (userfaultfd); -1 if that
 * can't be.
 */
int page_watch(void *area, size_t size);
/* Waits until somebody comes to one; its address, NULL with errno set. */
void *page_wanted(int fd);
/* 0, or -1 with errno set. */
int page_give(int fd, void *page, size_t size);

#endif /* SELFTESTS_PAGE_H */
