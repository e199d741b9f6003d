# SPDX-License-Identifier: GPL-2.0
#
# nsguardctl and its tests under the sanitizers, in the folder O.

ifndef O
$(error O has to name a folder for what is built)
endif

TESTS := event_test change_test explain_test status_test doctor_test \
	monitor_test genl_test spec_test
LIBS := libmnl jansson libseccomp libcap libkmod
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Werror \
	-Wno-missing-field-initializers $(SANITIZE) \
	-D_GNU_SOURCE -I.. -I../../userspace -I../../uapi -I$(O)

all: $(TESTS:%=$(O)/%) $(O)/module_test

parts:
	$(MAKE) -C ../../userspace O=$(O) CFLAGS="-O1 -g" \
		EXTRA_CFLAGS="-Werror $(SANITIZE)"

$(O)/%: %.c expect.h message.h ../common/tap.c ../common/tap.h parts
	$(CC) $(CFLAGS) $$(pkg-config --cflags $(LIBS)) -o $@ $< \
		../common/tap.c $(O)/parts.a $$(pkg-config --libs $(LIBS))

$(O)/spec_test: $(O)/spec_made.h spec.h

$(O)/spec_made.h: ../../uapi/nsguard.yaml spec.py
	/usr/bin/python3 spec.py header $< >$@

# Tables of the module, built as parts of a program.
MODULE := ../../module
TABLES := $(MODULE)/counter.c $(MODULE)/field.c $(MODULE)/rule.c

$(O)/module_test: module_test.c $(TABLES) ../common/tap.c parts
	$(CC) $(CFLAGS) -Ikernel -I$(MODULE) -o $@ $< $(TABLES) \
		../common/tap.c $(O)/rules.o

.PHONY: all parts
