#!/bin/bash
# What programs write is on the disk afterwards and the image is consistent:
# after an orderly end, over several boots, and after the machine was killed
# in the middle of writing (the log's work) or while a file and a directory
# without a name are in use.
#
#   tests/disk.sh [CRASHES]

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
. tests/console.sh
crashes=${1:-8}
img=$scratch/disk.img
cp "${FSIMG:-build/fs.img}" "$img" || exit 1
FSIMG=$img KEEP=yes

# Runs a command line in the guest on the image itself, for so long.
guest_for() # SECONDS CMD
{
	qemu_command "-- $2"
	tests/bounded.sh "$1" "${qemu[@]}" </dev/null 2>&1 | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# The same to its end, which a slow host may take longer for.
guest() # SECONDS CMD
{
	guest_for $(($1 * ${SLOW:-10})) "$2"
}

# Both files have the same lines, words and bytes.
whole_copy()
{
	guest 30 "wc sh copy" | tee "$scratch/wc"
	awk 'NF == 4 { counts[$1 " " $2 " " $3]++ }
		END { for (c in counts) exit counts[c] != 2; exit 1 }' \
		"$scratch/wc"
}

check "image as built" build/fsck "$img"
check "writes" guest 30 'mkdir d && echo first > d/f && echo second >> d/f && mkdir d/e && ln d/f d/e/link && cat sh > copy'
says "clean after writing" ': clean$' build/fsck "$img"
says "contents in the next boot" '^first$' guest 30 'cat d/e/link'
check "large file whole" whole_copy
check "removes" guest 30 'rm d/f && rm d/e/link && rm d/e d'
says "clean after removing" ': clean$' build/fsck "$img"
says "removed in the next boot" "^gone$" guest 30 "cat d/f || echo gone"
check "heavy use" guest 90 'stressfs && grind 3 30'
says "clean after heavy use" ': clean$' build/fsck "$img"

# A killed machine leaves a file and a directory that are in use but have no
# name.  The next mount names both and reclaims them, for good, even if the
# machine dies again before anything is written.
boots_to_prompt()
{
	qemu_command
	guest_start "${qemu[@]}"
	guest_prompt 60
}

reclaims() # COUNT
{
	boots_to_prompt || return 1
	grep -E '^ireclaim:' "$console"
	[ "$(tr -d '\r' <"$console" |
		grep -Ec '^ireclaim: orphaned inode [0-9]+$')" = "$1" ]
}

# Clean but for what the log still holds, and no inode without a name.
nothing_left()
{
	build/fsck -m "$img" >"$scratch/fsck"
	cat "$scratch/fsck"
	grep -q ': clean$' "$scratch/fsck" &&
		! grep -q 'unlinked while open' "$scratch/fsck"
}

leaves_orphans()
{
	boots_to_prompt &&
		guest_command 'mkdir d && cd d && rm /d && cat /sh > /f' 60 &&
		guest_type '(rm /f; echo holding; cat /console) < /f\n' &&
		guest_await '^holding$'
}

check "a file and a directory without a name" leaves_orphans
guest_end
check "the next mount names them" reclaims 2
guest_end
check "nothing left behind that mount" nothing_left
check "the mount after that finds none" reclaims 0
guest_end

# An orderly removal leaves nothing to reclaim either.
removes()
{
	boots_to_prompt && guest_command 'cat /sh > /f; rm /f; mkdir d; rm d' 60
}
check "removals" removes
guest_end
check "nothing left behind them" nothing_left

# The kernel works on what fsck has repaired: a root without its first program,
# a bitmap in which nothing is in use, and a file with another's blocks.
word()
{
	od -An -v -tu4 -j "$1" -N 4 "$broken" | tr -d ' '
}

put() # OFFSET HEX
{
	printf '%b' "${2//??/\\x&}" |
		dd of="$broken" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

break_image()
{
	local root inodes
	inodes=$(($(word 1048) * 1024))
	root=$(($(word $((inodes + 64 + 12))) * 1024))
	put $((root + 32)) 0000
	put $(($(word 1052) * 1024)) 0000000000000000000000000000000000000000
	put $((inodes + 5 * 64 + 16)) \
		"$(od -An -tx1 -j $((inodes + 6 * 64 + 12)) -N 4 "$broken" |
			tr -d ' ')"
}

broken=$scratch/broken.img
cp "${img:?}" "$broken"
break_image
refuses_clean()
{
	! build/fsck -m "$broken"
}
check "damage" refuses_clean
check "is repaired" build/fsck -r "$broken"
says "the kernel works with it" '^lost here$' \
	env FSIMG="$broken" bash -c '. tests/qemu.sh
	qemu_command "-- stressfs; usertests fourfiles subdir && ls lost+found && echo lost here"
	tests/bounded.sh 60 "${qemu[@]}" </dev/null | tr -d "\r"'
says "clean behind that" ': clean$' build/fsck -m "$broken"

# The machine dies at any time from before the first write to long after.
for ((n = 1; n <= crashes; n++)); do
	guest_for "0.$((n * 11 % 10))$((n % 10))" "echo $n > mark$n; grind $n" \
		>"$scratch/console"
	says "crash $n: consistent after recovery" ': clean$' \
		build/fsck -m "$img"
done
says "boots after the last crash" '^here$' guest 30 'echo here'
says "clean after that boot" ': clean$' build/fsck "$img"
check "file from before is whole" whole_copy

finish
