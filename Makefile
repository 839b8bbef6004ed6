# Drove's build.  `make help` lists the targets; Q= shows the commands.

VARIANT ?= scalable
CPUS    ?= 8
MEM     ?= 128M
QEMU    ?= qemu-system-riscv64
HOSTCC  ?= cc
Q       ?= @

include kernel/variants.mk

.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

comma := ,
paren := (
die = $(error $(1))

# --- what may be asked for ------------------------------------------------

# For a sweep VARIANTS, CPUS and MEM are other settings, which it checks, and
# for a soak they are lists.
ifeq ($(filter sweep bench-linux soak,$(MAKECMDGOALS)),)
ifneq ($(filter-out $(VARIANTS),$(VARIANT))$(words $(VARIANT)),1)
$(call die,VARIANT=$(VARIANT) is unknown: use one of $(VARIANTS))
endif
ifneq ($(shell [ "$(CPUS)" -ge 1 ] 2>/dev/null && [ "$(CPUS)" -le 64 ] && echo ok),ok)
$(call die,CPUS=$(CPUS) is not a number of harts from 1 to 64)
endif
MEM_MIB := $(shell echo '$(MEM)' | \
    sed -n 's/^\([0-9]\{1,7\}\)[mM]*$$/\1/p; s/^\([0-9]\{1,3\}\)[gG]$$/\1 * 1024/p')
ifneq ($(shell [ "$$(($(or $(MEM_MIB),0)))" -ge 64 ] && \
    [ "$$(($(or $(MEM_MIB),0)))" -le 16384 ] && echo ok),ok)
$(call die,MEM=$(MEM) is not a memory size from 64M to 16G)
endif
endif

ifneq ($(filter run,$(MAKECMDGOALS)),)
ifeq ($(strip $(CMD)),)
$(call die,run needs CMD='...')
endif
ifeq ($(FSIMG)$(shell grep -l user/drove.h user/init.c),)
$(call die,run needs the init of Drove$(comma) which runs CMD and powers off; \
    user/init.c is another one: use make qemu)
endif
# The shell's longest line (user/sh/sh.h).
CMD_MAX := 3071
CMD_LENGTH := $(shell printf %s '$(subst ','\'',$(CMD))' | wc -c)
ifneq ($(shell [ "$(CMD_LENGTH)" -le $(CMD_MAX) ] && echo ok),ok)
$(call die,CMD has $(CMD_LENGTH) bytes: $(CMD_MAX) is the most)
endif
endif

# --- tools ----------------------------------------------------------------

# The first cross compiler found; TOOLPREFIX= or LLVM=1 decide otherwise.
PREFIXES := riscv64-unknown-elf- riscv64-elf- riscv64-none-elf- \
            riscv64-linux-gnu- riscv64-unknown-linux-gnu-
ifndef TOOLPREFIX
TOOLPREFIX := $(shell for p in $(PREFIXES); do \
    command -v $${p}gcc >/dev/null 2>&1 && echo $$p && break; done)
endif
ifeq ($(TOOLPREFIX)$(LLVM),)
ifneq ($(shell command -v clang 2>/dev/null),)
LLVM := 1
endif
endif

ifdef LLVM
CC  := clang --target=riscv64-unknown-elf
LD  := ld.lld
NM  := llvm-nm
OBJCOPY := llvm-objcopy
OBJDUMP := llvm-objdump
ifeq ($(shell command -v llvm-nm 2>/dev/null),)
NM  := $(firstword $(notdir $(wildcard /usr/bin/llvm-nm-*)) nm)
OBJCOPY := $(firstword $(notdir $(wildcard /usr/bin/llvm-objcopy-*)) objcopy)
OBJDUMP := $(firstword $(notdir $(wildcard /usr/bin/llvm-objdump-*)) objdump)
endif
AR  := $(patsubst nm,ar,$(subst llvm-nm,llvm-ar,$(NM)))
else
CC  := $(TOOLPREFIX)gcc
LD  := $(TOOLPREFIX)ld
NM  := $(TOOLPREFIX)nm
OBJCOPY := $(TOOLPREFIX)objcopy
OBJDUMP := $(TOOLPREFIX)objdump
AR  := $(TOOLPREFIX)ar
endif

# Targets that need no cross compiler say so by being listed here.
NO_TOOLS := help clean setup demo test test-all sweep plots report \
            bench-linux model-report soak
ifneq ($(filter-out $(NO_TOOLS),$(or $(MAKECMDGOALS),all)),)
ifeq ($(if $(TOOLPREFIX)$(LLVM),$(shell command -v $(firstword $(CC)) 2>/dev/null)),)
$(call die,no compiler riscv64-*-gcc: run `make setup`$(comma) or on Debian: apt-get install gcc-riscv64-unknown-elf)
endif
ifeq ($(shell command -v $(HOSTCC) 2>/dev/null),)
$(call die,no host compiler $(HOSTCC): run `make setup`$(comma) or on Debian: apt-get install gcc)
endif
endif

# Accepts a compiler flag only if the compiler does.
cc-option = $(shell $(CC) $(1) -c -x c /dev/null -o /dev/null 2>/dev/null \
    && echo $(1))
ifneq ($(filter-out $(NO_TOOLS),$(or $(MAKECMDGOALS),all)),)
KARCH := $(or $(call cc-option,-march=rv64imac_zicsr_zifencei -mabi=lp64),\
    -march=rv64imac -mabi=lp64)
UARCH := $(or $(call cc-option,-march=rv64gc_zicsr -mabi=lp64),\
    -march=rv64gc -mabi=lp64)
endif

# --- flags ----------------------------------------------------------------

WARN   := -Wall -Wextra $(if $(WERROR),-Werror)
COMMON := -std=gnu11 -O2 -g -mcmodel=medany -ffreestanding -fno-common \
          -fno-pie -nostdlib -fno-stack-protector $(WARN)

KDIR   := build/$(VARIANT)$(if $(DEBUG),-debug)
KFLAGS := $(COMMON) $(KARCH) -mno-relax -fno-omit-frame-pointer \
          -fno-tree-loop-distribute-patterns \
          -fno-optimize-sibling-calls -ffunction-sections \
          -I. -Ikernel -DVARIANT_NAME='"$(VARIANT)"' $(if $(DEBUG),-DDEBUG)
ifdef LLVM
KFLAGS := $(filter-out -fno-tree-loop-distribute-patterns,$(KFLAGS))
endif
UFLAGS := $(COMMON) $(UARCH) -fno-builtin -ffunction-sections \
          -fdata-sections -I.
HFLAGS := -std=gnu11 -O2 -g $(WARN) -I.
LDFLAGS := -nostdlib -z max-page-size=4096 --no-warn-rwx-segments
ifneq ($(shell $(LD) --no-warn-rwx-segments --version >/dev/null 2>&1 && echo ok),ok)
LDFLAGS := $(filter-out --no-warn-rwx-segments,$(LDFLAGS))
endif

# A file that changes exactly when the text given does: what depends on it is
# rebuilt when flags change.
define stamp
$(1): FORCE
	$$(Q)mkdir -p $$(@D); echo '$(subst ','\'',$(2))' | cmp -s - $$@ || \
	    echo '$(subst ','\'',$(2))' > $$@
endef

.PHONY: FORCE all help clean setup variants qemu run qemu-gdb test test-all \
        demo sweep host-tests fuzz fuzz-tools soak
FORCE:

all: $(KDIR)/kernel.elf build/fs.img

# --- kernel ---------------------------------------------------------------

POLICY_SRC := $(ALL_POLICIES:%=kernel/mm/%.c)
KSRC := $(filter-out $(POLICY_SRC),$(wildcard kernel/*/*.c)) \
        $(policy_$(VARIANT):%=kernel/mm/%.c)
KASM := $(wildcard kernel/*/*.S)
KOBJ := $(KSRC:kernel/%.c=$(KDIR)/%.o) $(KASM:kernel/%.S=$(KDIR)/%.S.o)

$(eval $(call stamp,$(KDIR)/flags,$(CC) $(KFLAGS) $(LDFLAGS)))
$(eval $(call stamp,$(KDIR)/objects,$(KOBJ)))

$(KDIR)/%.o: kernel/%.c $(KDIR)/flags
	@mkdir -p $(@D)
	@echo "  CC   $(VARIANT)$(if $(DEBUG)," debug") $<"
	$(Q)$(CC) $(KFLAGS) -MMD -MP -c $< -o $@

$(KDIR)/%.S.o: kernel/%.S $(KDIR)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) -MMD -MP -c $< -o $@

# Linked twice: the first link tells where the functions are.
$(KDIR)/kernel.elf: $(KOBJ) $(KDIR)/objects kernel/kernel.ld kernel/ksyms.awk
	@echo "  LD   $@"
	$(Q)$(LD) $(LDFLAGS) -T kernel/kernel.ld -o $(KDIR)/nosyms.elf $(KOBJ)
	$(Q)$(NM) -n $(KDIR)/nosyms.elf | awk -f kernel/ksyms.awk \
	    > $(KDIR)/ksyms.S
	$(Q)$(CC) $(KARCH) -c $(KDIR)/ksyms.S -o $(KDIR)/ksyms.o
	$(Q)$(LD) $(LDFLAGS) -T kernel/kernel.ld -o $@ $(KOBJ) $(KDIR)/ksyms.o

variants: ## build the kernel of every variant
	$(Q)for v in $(VARIANTS); do \
	    $(MAKE) --no-print-directory VARIANT=$$v all || exit 1; done

# --- user programs --------------------------------------------------------

UDIR  := build/user
ULIB  := $(patsubst user/%.c,$(UDIR)/%.o,$(wildcard user/lib/*.c)) \
         $(patsubst user/%.S,$(UDIR)/%.S.o,$(wildcard user/lib/*.S))

# What is not Drove's in user/: parts of programs and of libraries, which are C
# files without a main, and assembler.  (The one of the course's library files
# that names main is ulib.c.  Its initcode.S is a part of its kernel; what
# usys.S would be made of is usys.pl.)
ADDED_C   := user/ulib.c $(shell grep -LE '(^|[^A-Za-z0-9_])main[[:space:]]*\$(paren)' \
    $(wildcard user/*.c) /dev/null)
ADDED_C   := $(filter $(ADDED_C),$(wildcard user/*.c))
ADDED_ASM := $(filter-out user/initcode.S user/usys.S,$(wildcard user/*.S)) \
    $(firstword $(wildcard user/usys.pl user/usys.S))
ADDED     := $(patsubst user/%.c,$(UDIR)/%.o,$(ADDED_C)) \
    $(patsubst user/%,$(UDIR)/%.o,$(ADDED_ASM:.pl=.S))

PROGS := $(patsubst user/%.c,$(UDIR)/bin/%,$(filter-out $(ADDED_C),$(wildcard user/*.c))) \
         $(patsubst bench/%.c,$(UDIR)/bin/%,$(wildcard bench/*.c))

# With a course's user.h in the place of ours, what is added is its library: a
# program is linked with the library of which it has seen the declarations.
ifneq ($(shell grep -c user/lib/course.h user/user.h),0)
program_libs = $(if $(ADDED),$(UDIR)/libadded.a )$(UDIR)/libuser.a
else
program_libs = $$(grep -q user/lib/course.h $(1:.o=.d) || \
    echo $(if $(ADDED),$(UDIR)/libadded.a)) $(UDIR)/libuser.a
endif

$(eval $(call stamp,$(UDIR)/flags,$(CC) $(UFLAGS) $(LDFLAGS)))
$(eval $(call stamp,$(UDIR)/progs,$(PROGS) $(ADDED) $(wildcard user/*/*.c)))

$(UDIR)/%.o: user/%.c $(UDIR)/flags
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c $< -o $@

$(UDIR)/%.S.o: user/%.S $(UDIR)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c $< -o $@

$(UDIR)/bench/%.o: bench/%.c $(UDIR)/flags
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c $< -o $@

# A program is its own file and, if there is a folder of its name, what it
# needs of the files in it: nothing, if somebody replaced the file by another
# program of that name.
.SECONDEXPANSION:
program_object = $(if $(wildcard user/$(1).c),$(UDIR)/$(1).o,$(UDIR)/bench/$(1).o)
program_folder = $(patsubst user/%.c,$(UDIR)/%.o,$(wildcard user/$(1)/*.c))

# Libraries, so that a program may define names that they have too.
$(UDIR)/libuser.a: $(ULIB) $(UDIR)/progs
	$(Q)rm -f $@ && $(AR) rcs $@ $(ULIB)

$(UDIR)/libadded.a: $(ADDED) $(UDIR)/progs
	$(Q)rm -f $@ && $(AR) rcs $@ $(ADDED)

$(UDIR)/usys.S: user/usys.pl
	@mkdir -p $(@D)
	$(Q)perl $< > $@

$(UDIR)/usys.S.o: $(if $(wildcard user/usys.pl),$(UDIR)/usys.S,user/usys.S) $(UDIR)/flags
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c $< -o $@

$(UDIR)/bin/%: $$(call program_object,%) $$(call program_folder,%) \
    $(UDIR)/libuser.a $(if $(ADDED),$(UDIR)/libadded.a) \
    user/lib/program.ld $(UDIR)/progs
	@mkdir -p $(@D)
	$(Q)$(if $(call program_folder,$*),rm -f $(UDIR)/$*.a && \
	    $(AR) rcs $(UDIR)/$*.a $(call program_folder,$*))
	$(Q)$(LD) $(LDFLAGS) --gc-sections -T user/lib/program.ld -o $@ \
	    $(call program_object,$*) $(if $(call program_folder,$*),$(UDIR)/$*.a) \
	    $(call program_libs,$(call program_object,$*))

# --- disk image -----------------------------------------------------------

build/mkfs: $(filter-out mkfs/fsck.c,$(wildcard mkfs/*.c))
build/fsck: $(filter-out mkfs/mkfs.c,$(wildcard mkfs/*.c)) \
    kernel/fs/logformat.c
build/mkfs build/fsck: $(wildcard mkfs/*.h) $(wildcard kernel/*.h) \
    kernel/fs/logformat.h
	@mkdir -p build
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HFLAGS) -o $@ $(filter %.c,$^)

# Course programs open README; theirs bring scripts and texts of their own.
README := $(firstword $(wildcard README README.md))
IMAGE_FILES := $(README) $(wildcard user/*.sh user/*.txt)
DEVICES := -D 3:0:dev/lockstat -D 4:0:dev/memstat -D 5:0:dev/null \
    -D 6:0:dev/lockbench
FSBLOCKS ?= 2000
# As long as the kernel uses it: fewer flushes of the disk (kernel/fs/logformat.h).
LOGBLOCKS ?= 121

# Debug information stays on the host.
STRIPPED := $(PROGS:$(UDIR)/bin/%=$(UDIR)/img/%)

$(UDIR)/img/%: $(UDIR)/bin/%
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) -S $< $@

build/fs.img: build/mkfs $(STRIPPED) $(IMAGE_FILES) $(UDIR)/progs Makefile
	@echo "  MKFS $@"
	$(Q)build/mkfs $(DEVICES) -b $(FSBLOCKS) -l $(LOGBLOCKS) $@ $(STRIPPED) \
	    $(patsubst $(README),$(README)=README,$(IMAGE_FILES))

# The disk of `make qemu`, which keeps what is written to it until it is removed
# or a program changes.  `make run` boots the one in build, and leaves it as it
# is.
ifdef FSIMG
DISK     := $(FSIMG)
RUN_DISK := $(FSIMG)
else
DISK     := fs.img
RUN_DISK := build/fs.img
endif

fs.img: build/fs.img
	$(Q)cp $< $@.new && mv $@.new $@

# --- running --------------------------------------------------------------

QEMUFLAGS = -machine virt -bios none -kernel $(KDIR)/kernel.elf -m $(MEM) \
    -smp $(CPUS) -nographic -global virtio-mmio.force-legacy=false \
    -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0 $(QEMUEXTRA)

need-qemu:
	@command -v $(QEMU) >/dev/null || { echo "no $(QEMU): run \`make setup\`," \
	    "or on Debian: apt-get install qemu-system-misc"; exit 1; }

# MODEL=profile runs under the coherence model (bench/model).  Its regions are
# to see no time slice end: the timer is the host's.  So a slice lasts a day.
MODEL_REPORT ?= build/model.report
ifdef MODEL
QEMU_RUN = bench/model/run.sh $(MODEL) $(MODEL_REPORT) $(QEMU)
MODEL_BOOTARGS := slice_ms=86400000
else
QEMU_RUN = $(QEMU)
endif

build/model.so: $(wildcard bench/model/*.c bench/model/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(filter-out -I.,$(HFLAGS)) -fPIC -shared \
	    -fvisibility=hidden -o $@ $(filter %.c,$^) -lpthread -ldl

.PHONY: need-qemu
qemu: need-qemu all $(filter fs.img,$(DISK)) ## boot to the shell (CPUS=, MEM=, VARIANT=)
	$(Q)$(QEMU) $(QEMUFLAGS) -drive file=$(DISK),if=none,format=raw,id=x0 \
	    -append '$(BOOTARGS)'

run: need-qemu all $(if $(MODEL),build/model.so) ## boot, run CMD='...', power off, exit with its status
	$(Q)$(if $(TIMEOUT),timeout -k 5 $(TIMEOUT)) $(QEMU_RUN) $(QEMUFLAGS) \
	    -drive file=$(RUN_DISK),if=none,format=raw,id=x0,snapshot=on \
	    -append '$(MODEL_BOOTARGS) $(BOOTARGS) -- $(subst ','\'',$(CMD))' </dev/null

GDBPORT ?= $(shell echo $$((25000 + $$(id -u) % 5000)))
.gdbinit: FORCE
	$(Q)printf '%s\n' 'set confirm off' 'set architecture riscv:rv64' \
	    'symbol-file $(KDIR)/kernel.elf' \
	    'add-symbol-file $(UDIR)/bin/sh' \
	    'target remote 127.0.0.1:$(GDBPORT)' > $@

qemu-gdb: need-qemu all .gdbinit kernel/kernel kernel/kernel.sym \
    $(filter fs.img,$(DISK)) ## the same, waiting for gdb (see .gdbinit)
	@echo "*** now run gdb-multiarch in this folder"
	$(Q)$(QEMU) $(QEMUFLAGS) -drive file=$(DISK),if=none,format=raw,id=x0 \
	    -append '$(BOOTARGS)' -S -gdb tcp::$(GDBPORT)

# --- the names that a course's graders and scripts use -----------------------

print-gdbport:
	@echo $(GDBPORT)

# Of the variant asked for, so remade when that is another one.
update = cmp -s $(1).new $(1) && rm $(1).new || mv $(1).new $(1)

kernel/kernel: $(KDIR)/kernel.elf FORCE
	$(Q)cp $< $@.new && { $(call update,$@); }

kernel/kernel.sym: $(KDIR)/kernel.elf FORCE
	$(Q)$(NM) $< | awk '{ print $$1, $$3 }' > $@.new && { $(call update,$@); }

kernel/kernel.asm: $(KDIR)/kernel.elf FORCE
	$(Q)$(OBJDUMP) -S $< > $@.new && { $(call update,$@); }

-include conf/lab.mk
GRADER := $(firstword $(wildcard $(if $(LAB),grade-lab-$(LAB)) grade-lab-*))

grade: need-qemu all ## run a course's grader, ./grade-lab-$(LAB), on a fresh disk
	$(Q)[ -n '$(GRADER)' ] || { echo "grade: no ./grade-lab-* here:" \
	    "a course's grader and its gradelib.py go into this folder"; exit 1; }
	$(Q)rm -f fs.img
	$(Q)./$(GRADER) $(GRADEFLAGS)

.PHONY: print-gdbport grade

# --- tests and measurements -----------------------------------------------

include tests/compat/rules.mk
include tests/model/rules.mk

# The host's tests of kernel code: compiled with the sanitizers, and with
# stand-ins for what surrounds the code under test.
HTEST := build/tests
HTFLAGS := -std=gnu11 -O1 -g $(WARN) -iquote . -iquote kernel
PAGE_TESTS := $(VARIANTS:%=$(HTEST)/host_pages_%)
HOST_TESTS := $(PAGE_TESTS) $(HTEST)/host_format $(HTEST)/host_fs \
    $(HTEST)/host_fdt $(HTEST)/host_repair $(HTEST)/host_sleeplock

host-tests: build/mkfs build/fsck $(HOST_TESTS) fuzz-tools

$(HTEST)/host_pages_eager: HTEXTRA := -DNOTHING_SHARED
PAGE_TEST_SRC := tests/host_pages.c kernel/mm/page.c kernel/mm/fresh.c \
    kernel/boot/ranges.c
$(PAGE_TESTS): $(HTEST)/host_pages_%: $(PAGE_TEST_SRC) $(POLICY_SRC) \
    $(wildcard tests/pages/*/*.h kernel/*/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) -iquote tests/pages $(HTFLAGS) $(HTEXTRA) \
	    -fsanitize=thread -o $@ $(PAGE_TEST_SRC) \
	    $(patsubst %,kernel/mm/%.c,$(filter count_% pagelist_%,$(policy_$*))) \
	    -lpthread

$(HTEST)/host_format: tests/host_format.c kernel/lib/format.c \
    kernel/lib/string.c kernel/dev/lineq.c
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HTFLAGS) -fsanitize=address,undefined -o $@ \
	    tests/host_format.c

$(HTEST)/host_sleeplock: tests/host_sleeplock.c kernel/sync/sleeplock.c \
    $(wildcard tests/locks/*/*.h kernel/*/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) -iquote tests/locks $(HTFLAGS) \
	    -fsanitize=undefined -fno-sanitize-recover=undefined \
	    -o $@ $(filter %.c,$^)

FDT_TEST_SRC := tests/host_fdt.c \
    $(patsubst %,kernel/boot/%.c,fdt options platform ranges wiring)

$(HTEST)/host_fdt: $(FDT_TEST_SRC) tests/pages/mm/kmap.h \
    $(wildcard kernel/*.h kernel/*/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) -iquote tests/pages $(HTFLAGS) \
	    -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	    -o $@ $(FDT_TEST_SRC)

FS_TEST_SRC := $(wildcard kernel/fs/*.c tests/host_fs*.c) \
    kernel/sys/sysfile.c kernel/sys/syspath.c tests/host_stubs.c \
    tests/host_devices.c mkfs/check.c mkfs/image.c mkfs/fail.c

$(HTEST)/host_fs: $(FS_TEST_SRC) tests/host_stubs.h tests/host_fs.h \
    $(wildcard kernel/*.h kernel/*/*.h mkfs/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HTFLAGS) -fno-strict-aliasing \
	    -DDEBUG -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	    -include tests/host_stubs.h -o $@ $(FS_TEST_SRC)

$(HTEST)/host_repair: tests/host_repair.c mkfs/check.c mkfs/image.c \
    mkfs/repair.c mkfs/repair_tree.c $(wildcard mkfs/*.h kernel/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HFLAGS) -fsanitize=address,undefined \
	    -fno-sanitize-recover=undefined -o $@ $(filter %.c,$^)

# What makes the damaged programs and disks for tests/fuzz_*.sh.
fuzz-tools: $(HTEST)/fuzz_elf $(HTEST)/fuzz_image build/mkfs build/fsck \
    $(HTEST)/host_fs

$(HTEST)/fuzz_%: tests/fuzz_%.c mkfs/image.c $(wildcard mkfs/*.h kernel/*.h) \
    kernel/proc/elf.h tests/fuzz.h
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HFLAGS) -fsanitize=address,undefined -o $@ \
	    $(filter %.c,$^)

MINUTES ?= 10
fuzz: need-qemu all fuzz-tools ## random calls, programs and disks for MINUTES=n
	$(Q)VARIANT=$(VARIANT) DEBUG=$(DEBUG) tests/fuzz.sh $(MINUTES)

soak: need-qemu ## all of that and more, boot after boot, for HOURS=n (SEED=, JOBS=)
	$(Q).ci/setup && tests/soak.sh -t $(or $(HOURS),1) \
	    $(if $(SEED),-s $(SEED)) -j $(or $(JOBS),1) $(if $(BOOT),-b $(BOOT))

setup: ## install what is missing, or say how
	$(Q).ci/setup

demo: ## set up, build, and compare baseline and scalable at 8 harts
	$(Q)python3 -m bench.host demo

test: ## everything that takes about fifteen minutes
	$(Q).ci/setup && tests/run.py quick $(TESTS)

test-all: ## the slow tests too
	$(Q).ci/setup && tests/run.py all $(TESTS)

.PHONY: plots report bench-linux model-report
sweep: ## measure (BENCH=, VARIANTS=, CPUS=, REPEATS=, MODEL=1): a CSV and a table
	$(Q)python3 -m bench.host sweep

model-report: ## what harts share, line by line (VARIANT=, CPUS=, CMD=, MODEL=)
	$(Q)python3 -m bench.host model-report --boot

bench-linux: ## the same on LINUX=<kernel image>, into the same CSV
	$(Q)[ -n '$(LINUX)' ] || { echo "bench-linux: which kernel?" \
	    "LINUX=<uncompressed riscv64 image> says it"; exit 1; }
	$(Q)VARIANTS=linux python3 -m bench.host sweep

plots: ## draw the sweep's plots (CSV=results/sweep.csv) to build/plots
	$(Q)python3 -m bench.host plots $(CSV)

report: ## results/MACHINE-DATE: the sweep's CSV, plots and what they say
	$(Q)python3 -m bench.host report $(CSV)

# --- for developers -------------------------------------------------------

compile_commands.json: FORCE ## for editors (needs bear)
	$(Q)command -v bear >/dev/null || { echo "no bear: apt-get install bear"; \
	    exit 1; }
	$(Q)rm -rf build/cc && bear --output $@ -- \
	    $(MAKE) --no-print-directory -B all >/dev/null

help: ## this list
	@awk -F':.*## ' '/^[a-z][a-zA-Z_.-]*:.*## / \
	    { printf "  make %-22s %s\n", $$1, $$2 }' Makefile
	@echo "variables: VARIANT=$(VARIANT) ($(VARIANTS)) CPUS=$(CPUS) MEM=$(MEM)"
	@echo "           DEBUG=1 LLVM=1 TOOLPREFIX= WERROR=1 TIMEOUT=s FSIMG= Q="

clean: ## remove everything built
	$(Q)rm -rf build .gdbinit compile_commands.json fs.img fs.img.new \
	    kernel/kernel kernel/kernel.sym kernel/kernel.asm kernel/*.new \
	    xv6.out xv6.out.* __pycache__ bench/host/__pycache__ \
	    tests/hostbench/__pycache__ tests/__pycache__

-include $(shell find build -name '*.d' 2>/dev/null)
