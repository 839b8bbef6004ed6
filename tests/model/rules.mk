# The guest that tests the coherence model, for tests/model_selftest.sh.
# Included by the Makefile.

MDIR   := tests/model
MGUEST := build/tests/model
MOBJ   := $(MGUEST)/start.S.o $(MGUEST)/ops.S.o $(MGUEST)/main.c.o \
    $(MGUEST)/jobs.c.o

$(eval $(call stamp,$(MGUEST)/flags,$(CC) $(COMMON) $(KARCH) $(LDFLAGS)))

$(MGUEST)/%.o: $(MDIR)/% $(MGUEST)/flags $(MDIR)/rules.mk
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(COMMON) $(KARCH) -mno-relax -I. -MMD -MP -c $< -o $@

$(MGUEST)/guest.elf: $(MOBJ) $(MDIR)/guest.ld
	@echo "  LD   $@"
	$(Q)$(LD) $(LDFLAGS) -T $(MDIR)/guest.ld -o $@ $(MOBJ)

model-guest: $(MGUEST)/guest.elf
host-tests: model-guest build/model.so
.PHONY: model-guest
