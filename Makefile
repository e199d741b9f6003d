# SPDX-License-Identifier: GPL-2.0
#
# nsguard; "make help" lists the targets.

KERNEL ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNEL)/build
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
DESTDIR ?=
DKMS_SOURCE := $(DESTDIR)/usr/src/nsguard-$(VERSION)
# The sources alone, not what was built of them here.
DKMS_FILES = Kbuild Makefile dkms.conf $(shell find module uapi \
	-name '*.[chS]' ! -name '*.mod.c' -o -name Kbuild)
CHECKS := check-static check-host check-dkms check-selfcheck check-canary \
	check-canary-full check-canary-debug check-install check-stall \
	check-stall-6.1 check-full check-6.12 check-6.1 check-debug check-kcsan

# The module of the running kernel, where its headers are there.
all: tools $(if $(wildcard $(KDIR)/Makefile),module,no-headers)

no-headers:
	@echo "no headers in $(KDIR): the module is not built"
	@echo "(make module KDIR=...; scripts/bootstrap installs headers)"

module:
	@test -e $(KDIR)/Makefile || { echo "no kernel headers in $(KDIR)"; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C userspace

bootstrap:
	@scripts/bootstrap

check: bootstrap
	@scripts/check

check-static check-host check-dkms check-selfcheck check-canary check-canary-full \
		check-canary-debug check-install check-stall check-stall-6.1 \
		check-full: check-%: bootstrap
	@scripts/check $*

check-6.12 check-6.1 check-debug check-kcsan: check-%: bootstrap
	@scripts/check guest-$*

check-kunit: bootstrap
	@scripts/check guest-debug/kunit

demo: bootstrap
	@selftests/demo/run

bench: bootstrap
	@selftests/bench/run

matrix: bootstrap
	@selftests/attack/run

mutants: bootstrap
	@selftests/mutants/run

# With DESTDIR, for packages, files are copied and nothing else is done.
install: tools
	@[ -n "$(DESTDIR)" ] || scripts/install check $(KERNEL)
	rm -rf $(DKMS_SOURCE)
	@for file in $(DKMS_FILES); do \
		install -D -m 644 $$file $(DKMS_SOURCE)/$$file || exit 1; \
	done
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR)
	@[ -n "$(DESTDIR)" ] || scripts/install activate $(VERSION) $(KERNEL)

uninstall:
	@[ -n "$(DESTDIR)" ] || scripts/install remove $(VERSION)
	rm -rf $(DKMS_SOURCE)
	$(MAKE) -C userspace uninstall DESTDIR=$(DESTDIR)

clean:
	find . -path ./.git -prune -o -type f \( -name '*.o' -o -name '*.ko' \
		-o -name '*.a' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name '.*.d' -o -name Module.symvers \
		-o -name modules.order \) -exec rm -f {} +
	[ ! -d selftests ] || find selftests -name build -type d -exec rm -rf {} +
	rm -f userspace/nsguardctl userspace/nsguard.7 userspace/rules_man

help:
	@echo 'make                module of the running kernel and tools'
	@echo 'make module KDIR=…  module/nsguard.ko for the kernel of these headers'
	@echo 'make tools          userspace/nsguardctl'
	@echo 'make check          the tests, in guests (40 minutes; the first time 60)'
	@echo 'make check-full     with those that take long and find little more (2 hours)'
	@echo 'make check-K        one stage: static, host, dkms, selfcheck, 6.12, canary,'
	@echo '                    6.1, debug, kunit; canary-full, canary-debug, install,'
	@echo '                    kcsan, stall, stall-6.1 (scripts/check --help has their'
	@echo '                    other names, such as guest-6.12 for 6.12)'
	@echo 'make demo           a container escape without and with nsguard'
	@echo 'make bench          what it costs'
	@echo 'make matrix         docs/conformance.md: attacks by the thousand (1 hour)'
	@echo 'make mutants        docs/mutants.md: does a test fail for each line? (4 hours)'
	@echo 'make install        tools, manuals, the module by DKMS, loaded at boot'
	@echo 'make uninstall      the reverse'
	@echo 'make clean          removes what was built here'
	@echo
	@echo 'NSGUARD_CACHE (~/.cache/nsguard) holds kernels, guests and logs.'

.PHONY: all no-headers module tools bootstrap check $(CHECKS) check-kunit \
	demo bench matrix mutants install uninstall clean help
