#!/bin/bash
# Boots from damaged disk images: the kernel refuses one with a message about
# the disk, or what uses it (user/fsexercise.c) gets through to its end, with
# calls that fail.  The kernel writes to nothing but the file system's blocks,
# and an image that fsck finds clean works and stays clean.
#
#   tests/fuzz_image.sh [-s seed] [-n images] [-t seconds]
#
# First come the recipes of tests/regress/image, which were made for the good
# image below and know its numbers.  With -t it goes on until the
# time is over.  What failed stays in build/fuzz; the recipe, cut down to what
# it takes, belongs into tests/regress/image.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
count=20
. tests/fuzz_options.sh
PATIENCE=$((60 * ${SLOW:-10})) # seconds for a boot
GUARD=32    # blocks behind the file system, not to be touched
bins=build/user/img
good=$scratch/good.img
bad=$scratch/bad.img
used=$scratch/used.img
recipe=$scratch/recipe
declare -A outcomes=([used]=0 [refused]=0 [unusable]=0)

make_good()
{
	local tree=$scratch/tree i
	mkdir -p "$tree"/p/d/e/f "$tree/p/many" "$tree/q"
	head -c 200000 /dev/urandom >"$tree/p/big"
	head -c 13000 /dev/urandom >"$tree/q/middle"
	for ((i = 0; i < 5; i++)); do
		echo "file $i" | tee "$tree/p/f$i" "$tree/p/d/f$i" \
			"$tree/p/d/e/f$i" >"$tree/q/f$i"
	done
	for ((i = 0; i < 90; i++)); do
		echo $i >"$tree/p/many/n$i"
	done
	build/mkfs -b 900 -i 200 -D 5:0:q/null -d "$tree" "$good" \
		$bins/{init,sh,fsexercise} || return
	blocks=$(($(stat -c %s "$good") / 1024))
	head -c $((GUARD * 1024)) /dev/zero | tr '\0' '\245' >>"$good"
}

# What a boot that did not get through says about it.
about_disk='panic: .*root disk: |init: cannot run |sh: .*: (not found|cannot run)$|panic: .*(/init|init ).*'

# No inode is free for the console's node: init can only power off.
no_console() # STATUS
{
	[ "$1" = 1 ] && ! grep -Ev '^(drove|fs): ' "$scratch/console" |
		grep -q .
}

# Says how the boot ended that left $scratch/console; fails if it may not end
# so.
judge() # STATUS
{
	local console=$scratch/console
	if grep -q '^FSEXERCISE OK' "$console" && [ "$1" = 0 ] &&
		! grep -q panic "$console"; then
		outcome=used
	elif [ "$1" = 124 ] || grep -q HUNG "$console"; then
		outcome="hung"
		return 1
	elif grep -Eq 'panic: .*root disk: ' "$console"; then
		outcome=refused
	elif grep -Eq "$about_disk" "$console" || no_console "$1"; then
		outcome=unusable
	else
		outcome="ended with status $1"
		return 1
	fi
}

# fsck of the file system alone, without the blocks behind it.
sound() # IMAGE
{
	head -c $((blocks * 1024)) "$1" >"$scratch/fsck.img"
	build/fsck -m "$scratch/fsck.img" >"$scratch/fsck" 2>&1
	case $? in
	0) return 0 ;;
	1) [ -s "$scratch/fsck" ] && return 1 ;;
	esac
	echo "fsck fails on $1:"
	cat "$scratch/fsck"
	return 2
}

# A recipe may name lines that the console must have: # expect: ERE
expected()
{
	local line
	while IFS= read -r line; do
		grep -Eq -- "${line#\# expect: }" "$scratch/console" || {
			echo "the console does not say $line"
			return 1
		}
	done < <(grep '^# expect: ' "$recipe")
}

# What fsck repairs is clean; of the rest it changes nothing.
repairable() # IMAGE
{
	head -c $((blocks * 1024)) "$1" >"$scratch/repair.img"
	cp "$scratch/repair.img" "$scratch/before.img"
	if build/fsck -r "$scratch/repair.img" >"$scratch/fsck" 2>&1; then
		build/fsck "$scratch/repair.img" >"$scratch/fsck" 2>&1
	else
		grep -Eq 'superblock is not understood|no room' "$scratch/fsck" &&
			cmp "$scratch/repair.img" "$scratch/before.img"
	fi && return
	echo "fsck -r of $1:"
	cat "$scratch/fsck"
	return 1
}

boot() # SEED
{
	local before
	sound "$bad"
	before=$?
	[ $before != 2 ] || return 1
	repairable "$bad" || return 1
	cp "$bad" "$used"
	FSIMG=$used KEEP=yes qemu_command "-- fsexercise $1"
	tests/bounded.sh $PATIENCE "${qemu[@]}" </dev/null 2>&1 | tr -d '\r' \
		>"$scratch/console"
	judge "${PIPESTATUS[0]}" || {
		echo "$outcome"
		return 1
	}
	build/tests/fuzz_image -c "$bad" "$used" || return
	expected || return
	[ $before = 0 ] || return 0
	if [ $outcome = refused ] || grep '^fs: ' "$scratch/console" |
		grep -qv 'finishing an interrupted commit'; then
		echo "fsck finds it clean, the kernel does not"
		return 1
	fi
	sound "$used" || {
		echo "it was clean before:"
		cat "$scratch/fsck"
		return 1
	}
}

# The image is in $bad and $recipe says what it is.
try() # NAME SEED
{
	local kept=build/fuzz/image-${1// /-}
	boot "$2" >"$scratch/verdict" 2>&1 && return
	mkdir -p "$kept"
	cp "$recipe" "$bad" "$scratch/console" "$kept"
	cat "$recipe" "$scratch/verdict"
	grep -v ': killed$' "$scratch/console" | tail -n 25
	echo "(kept in $kept)"
	return 1
}

outcome=none

count()
{
	[ -z "${outcomes[$outcome]}" ] ||
		outcomes[$outcome]=$((${outcomes[$outcome]} + 1))
}

make -s fuzz-tools || exit 1
check "good image" make_good
for file in tests/regress/image/*.recipe; do
	cp "$file" "$recipe"
	check "$file applies" build/tests/fuzz_image -r "$recipe" "$good" \
		"$bad"
	check "$file" try "$(basename "$file")" 1
	count
done
last=$((seed + count))
while [ "$seed" -lt $last ] || [ $SECONDS -lt "$seconds" ]; do
	check "seed $seed applies" build/tests/fuzz_image -s "$seed" "$good" \
		"$bad" "$recipe"
	check "seed $seed" try "seed $seed" "$seed"
	count
	seed=$((seed + 1))
done
echo "images: ${outcomes[used]} used, ${outcomes[refused]} refused," \
	"${outcomes[unusable]} without programs"
finish
