# SPDX-License-Identifier: GPL-2.0
# Builds an area's PROGRAMS into build/; see README.md.

SELFTESTS := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
CFLAGS ?= -O2 -g
CFLAGS += -Wall -Wextra -std=gnu11 -D_GNU_SOURCE \
	-I$(SELFTESTS) -I$(SELFTESTS)../uapi
OBJECTS := $(addprefix build/,$(SHARED))

all: $(addprefix build/,$(PROGRAMS))

build/%.o: %.c | build
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(addprefix build/,$(PROGRAMS)): build/%: build/%.o $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(if $(filter $*,$(STATIC)),-static) \
		-o $@ $^ $(LDLIBS) $(LDLIBS_$*)

build:
	mkdir -p build

clean:
	rm -rf build

-include $(wildcard build/*.d)

.PHONY: all clean
.SECONDARY:
