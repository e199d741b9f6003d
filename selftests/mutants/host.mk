# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suites of what of the module is pure, as a program: those of SOURCE,
# in the folder O.

ifndef O
$(error O has to name a folder for what is built)
endif
SOURCE ?= ../..

MODULE := $(SOURCE)/module
PARTS := $(MODULE)/field.c $(MODULE)/rule.c
SUITES := $(addprefix $(MODULE)/tests/,field_kunit.c rule_kunit.c \
	commit_legal_kunit.c commit_illegal_kunit.c commit_near_kunit.c)
CFLAGS := -O0 -std=gnu11 -w -Ikernel -I../ctl/kernel -I$(MODULE)

$(O)/kunit: kunit_main.c $(PARTS) $(SUITES)
	$(CC) $(CFLAGS) -o $@ $^
