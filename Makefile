# SPDX-License-Identifier: GPL-2.0
#
# nsguard; "make help" lists the targets.

KDIR ?= /lib/modules/$(shell uname -r)/build
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
DESTDIR ?=
DKMS_SOURCE := $(DESTDIR)/usr/src/nsguard-$(VERSION)
CHECKS := check-static check-host check-selfcheck check-canary \
	check-canary-full check-6.12 check-6.1 check-debug

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

check-static check-host check-selfcheck check-canary check-canary-full: \
check-%: bootstrap
	@scripts/check $*

check-6.12 check-6.1 check-debug: check-%: bootstrap
	@scripts/check guest-$*

check-kunit: bootstrap
	@scripts/check guest-debug/kunit

demo: bootstrap
	@selftests/demo/run

bench: bootstrap
	@selftests/bench/run

install: tools
	install -d $(DKMS_SOURCE)
	cp -a Kbuild Makefile dkms.conf module uapi $(DKMS_SOURCE)/
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR)
	@echo "now: dkms install nsguard/$(VERSION)"

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
	@echo 'make check          every test, in guests (first time: 45 to 60 minutes)'
	@echo 'make check-K        one stage: static, host, selfcheck, 6.12, canary, 6.1,'
	@echo '                    debug, kunit'
	@echo 'make demo           a container escape without and with nsguard'
	@echo 'make bench          what it costs'
	@echo 'make install        tools, and the sources for DKMS'
	@echo 'make clean          removes what was built here'
	@echo
	@echo 'NSGUARD_CACHE (~/.cache/nsguard) holds kernels, guests and logs.'

.PHONY: all no-headers module tools bootstrap check $(CHECKS) check-kunit \
	demo bench install clean help
