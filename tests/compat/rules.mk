# Programs, a user library and disk images that are not ours in style, for
# tests/compat*.sh.  Included by the Makefile.

COMPAT := build/compat
CDIR   := tests/compat

# --- source: course programs of both generations, with our library ----------

# What a compiler of today may refuse, it must not find here; which printf
# formats programs of the older generation use was nobody's business then.
CFLAGS_SOURCE = $(UFLAGS) -Werror -Wno-unused-parameter -Wno-sign-compare \
    -Werror=int-conversion -Werror=incompatible-pointer-types \
    -Werror=implicit-function-declaration -Werror=return-type \
    $(if $(filter old%,$(1)),-Wno-format)

SOURCE_PROGS := $(patsubst $(CDIR)/source/%.c,%,$(wildcard $(CDIR)/source/*.c))

$(eval $(call stamp,$(COMPAT)/flags,$(CC) $(call CFLAGS_SOURCE) $(LDFLAGS)))

$(COMPAT)/source/%: $(CDIR)/source/%.c $(COMPAT)/flags $(UDIR)/libuser.a \
    user/lib/program.ld $(CDIR)/rules.mk
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(call CFLAGS_SOURCE,$*) -MMD -MP -MT $@ -c $< -o $@.o
	$(Q)$(LD) $(LDFLAGS) --gc-sections -T user/lib/program.ld -o $@.elf $@.o \
	    $(UDIR)/libuser.a
	$(Q)$(OBJCOPY) -S $@.elf $@

# --- binary: programs linked with another user library -----------------------

# Nobody sets gp, so nothing may be addressed by it.
FFLAGS := $(COMMON) $(UARCH) -fno-builtin -mno-relax -I.
FLIB   := $(COMPAT)/foreign/stubs.o $(COMPAT)/foreign/lib.o
FPROGS := $(patsubst $(CDIR)/binary/prog_%.c,%,$(wildcard $(CDIR)/binary/prog_*.c))

# How an image is laid out, by program; see the scripts for what is special.
# omagic: text and data in one writable segment, as ld -N does it.
LAYOUT_omagic := -N -Ttext=0
LAYOUT_shared := -T $(CDIR)/binary/shared.ld
LAYOUT_split  := -T $(CDIR)/binary/split.ld
LAYOUT_direct := -T $(CDIR)/binary/direct.ld
LAYOUTS       := omagic shared split
FOREIGN_BINS  := $(foreach p,$(FPROGS),$(LAYOUTS:%=$(COMPAT)/foreign/$(p)-%)) \
    $(COMPAT)/foreign/direct

$(COMPAT)/foreign/%.o: $(CDIR)/binary/%.c $(COMPAT)/flags $(CDIR)/rules.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(FFLAGS) -MMD -MP -c $< -o $@
$(COMPAT)/foreign/%.o: $(CDIR)/disk/%.c $(COMPAT)/flags $(CDIR)/rules.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(FFLAGS) -MMD -MP -c $< -o $@
$(COMPAT)/foreign/%.o: $(CDIR)/binary/%.S $(COMPAT)/flags $(CDIR)/rules.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(FFLAGS) -MMD -MP -c $< -o $@

define foreign_program # NAME, LAYOUT, OBJECTS
$(COMPAT)/foreign/$(1): $(3) $(wildcard $(CDIR)/binary/*.ld)
	@echo "  LD   $$@"
	$$(Q)$$(LD) $$(LDFLAGS) $$(LAYOUT_$(2)) -e $(if $(filter direct,$(2)),main,begin) \
	    -o $$@.elf $(3)
	$$(Q)$$(OBJCOPY) -S $$@.elf $$@
endef
$(foreach p,$(FPROGS),$(foreach l,$(LAYOUTS),$(eval \
    $(call foreign_program,$(p)-$(l),$(l),$(COMPAT)/foreign/prog_$(p).o $(FLIB)))))
$(eval $(call foreign_program,direct,direct,$(COMPAT)/foreign/direct.o $(FLIB)))

# --- disk: images as another mkfs makes them ---------------------------------

DISK_PROGS := $(patsubst $(CDIR)/disk/%.c,%,$(wildcard $(CDIR)/disk/*.c))
DISK_BINS  := $(DISK_PROGS:%=$(COMPAT)/foreign/%)
$(foreach p,$(DISK_PROGS),$(eval \
    $(call foreign_program,$(p),omagic,$(COMPAT)/foreign/$(p).o $(FLIB))))

$(COMPAT)/imagetool: $(CDIR)/imagetool.c mkfs/image.c mkfs/image.h \
    $(wildcard kernel/*.h)
	@mkdir -p $(@D)
	@echo "  HOST $@"
	$(Q)$(HOSTCC) $(HFLAGS) -o $@ $(filter %.c,$^)

# --- elsewhere: our tests on a kernel without what is Drove's alone ----------

# Drove's calls, by a number that is no call's.
$(COMPAT)/elsewhere/calls.S: user/lib/extra_calls.S
	@mkdir -p $(@D)
	$(Q)sed 's/, SYS_.*/, 99/' $< > $@

ELSEWHERE := $(UDIR)/usertests.o $(call program_folder,usertests)

$(COMPAT)/elsewhere/usertests: $(ELSEWHERE) $(COMPAT)/elsewhere/calls.S \
    $(UDIR)/libuser.a $(CDIR)/rules.mk
	@echo "  LD   $@"
	$(Q)$(CC) $(UFLAGS) -c $(@D)/calls.S -o $(@D)/calls.o
	$(Q)$(LD) $(LDFLAGS) --gc-sections -T user/lib/program.ld -o $@.elf \
	    $(ELSEWHERE) $(@D)/calls.o $(UDIR)/libuser.a
	$(Q)$(OBJCOPY) -S $@.elf $@

$(COMPAT)/elsewhere.img: build/mkfs $(STRIPPED) $(COMPAT)/elsewhere/usertests
	$(Q)build/mkfs -b auto $@ $(filter-out %/usertests,$(STRIPPED)) \
	    $(COMPAT)/elsewhere/usertests

# Our shell and a few of our programs, and all those of above.
SOURCE_IMAGE := $(patsubst %,$(UDIR)/img/%,init sh echo cat ls usertests cowtest forktest) \
    $(SOURCE_PROGS:%=$(COMPAT)/source/%) $(FOREIGN_BINS)

$(COMPAT)/fs.img: build/mkfs $(SOURCE_IMAGE) $(CDIR)/rules.mk
	$(Q)build/mkfs $(DEVICES) -b auto $@ $(SOURCE_IMAGE)

# Nothing but theirs: no /dev, no node for the console.
$(COMPAT)/foreign.img: build/mkfs $(DISK_BINS) $(CDIR)/rules.mk
	$(Q)build/mkfs -b 1000 -l 30 $@ $(DISK_BINS)

compat-images: $(COMPAT)/fs.img $(COMPAT)/foreign.img $(COMPAT)/elsewhere.img $(COMPAT)/imagetool \
    build/mkfs build/fsck

host-tests: compat-images
.PHONY: compat-images
