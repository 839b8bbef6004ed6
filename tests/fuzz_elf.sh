#!/bin/bash
# Has the guest execute damaged programs by the hundred: exec refuses them or
# they die alone, and nothing of the kernel's is lost (user/elfbatch.c).
#
#   tests/fuzz_elf.sh [-s seed] [-n files] [-t seconds]
#
# The first batch has the recipes of tests/regress/elf too.  With -t it goes on
# with new seeds until the time is over.  What a failed batch was made of stays
# in build/fuzz; the recipe that is to blame belongs into tests/regress/elf.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
count=200
. tests/fuzz_options.sh
PATIENCE=$(((60 + count / 2) * ${SLOW:-10})) # seconds for a batch
bins=build/user/img
tree=$scratch/tree
ran=0

# Fills $tree/elf and $scratch/recipes.
make_batch() # SEED
{
	local regress=(tests/regress/elf/*.recipe)
	rm -rf "$tree" "$scratch/recipes"
	mkdir -p "$tree/elf" "$scratch/recipes"
	build/tests/fuzz_elf -s "$1" -n "$count" $bins/elfgood "$tree/elf" \
		"$scratch/recipes" || return
	[ $ran = 0 ] || return 0
	build/tests/fuzz_elf -r "${regress[@]}" -- $bins/elfgood \
		"$tree/elf" "$scratch/recipes"
}

boot_batch()
{
	FSIMG=$scratch/elf.img
	build/mkfs -b auto -i auto -D 4:0:dev/memstat -D 5:0:dev/null \
		-d "$tree" "$FSIMG" $bins/{init,sh,elfbatch,elfgood} || return
	qemu_command "-- elfbatch"
	tests/bounded.sh $PATIENCE "${qemu[@]}" </dev/null 2>&1 | tr -d '\r' \
		>"$scratch/console"
	return "${PIPESTATUS[0]}"
}

batch() # SEED
{
	local status
	make_batch "$1" || return
	boot_batch
	status=$?
	grep -Ev ': killed$' "$scratch/console"
	[ $status = 0 ] && grep -q '^ELFBATCH OK' "$scratch/console" &&
		! grep -q panic "$scratch/console" && return
	mkdir -p build/fuzz
	rm -rf "build/fuzz/elf-$1"
	cp -r "$scratch/recipes" "build/fuzz/elf-$1"
	cp "$scratch/console" "build/fuzz/elf-$1/console"
	echo "(status $status; see build/fuzz/elf-$1)"
	return 1
}

make -s fuzz-tools || exit 1
while [ $ran = 0 ] || [ $SECONDS -lt "$seconds" ]; do
	check "seed $seed" batch "$seed"
	grep '^ELFBATCH' "$scratch/.out"
	ran=$((ran + 1))
	seed=$((seed + 1))
done
finish
