// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/util.h"
#include "life/board.h"

struct board *board_map(const char *path, bool create)
{
	int flags = O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0);
	struct board *board;
	int fd = open(path, flags, 0666);

	if (fd < 0)
		return NULL;
	/* Whoever the tasks become. */
	if (create && (ftruncate(fd, sizeof(*board)) || fchmod(fd, 0666))) {
		close(fd);
		return NULL;
	}
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	close(fd);
	return board == MAP_FAILED ? NULL : board;
}

void board_unmap(struct board *board)
{
	munmap(board, sizeof(*board));
}

static int load(const int *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static void wake(int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void board_set(int *word, int value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	wake(word);
}

void board_add(int *word, int value)
{
	__atomic_add_fetch(word, value, __ATOMIC_SEQ_CST);
	wake(word);
}

/* Sleeps while the word is @value, until @limit; false then. */
static bool sleep_on(int *word, int value, int64_t limit)
{
	int64_t left = limit - now_ms();
	struct timespec ts = {
		.tv_sec = left / 1000,
		.tv_nsec = left % 1000 * 1000000,
	};

	if (limit >= 0 && left <= 0)
		return false;
	syscall(SYS_futex, word, FUTEX_WAIT, value, limit < 0 ? NULL : &ts,
		NULL, 0);
	return true;
}

bool board_reaches(int *word, int value, int ms)
{
	int64_t limit = ms < 0 ? -1 : now_ms() + ms;
	int now;

	while ((now = load(word)) < value)
		if (!sleep_on(word, now, limit))
			return false;
	return true;
}

void board_rest(struct board *board)
{
	if (!load(&board->pause))
		return;
	board_add(&board->paused, 1);
	while (load(&board->pause))
		sleep_on(&board->pause, 1, -1);
	board_add(&board->paused, -1);
}

void board_wrong(struct board *board, const char *fmt, ...)
{
	va_list ap;

	if (__atomic_fetch_add(&board->errors, 1, __ATOMIC_SEQ_CST))
		return;
	va_start(ap, fmt);
	vsnprintf(board->error, sizeof(board->error), fmt, ap);
	va_end(ap);
}
