#!/bin/bash
# Disk images that are no file system of ours, or a damaged one: the kernel
# says so in a line about the image and the machine ends with a failure; it
# neither hangs nor trips over what it read.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
img=$scratch/bad.img
good=build/fs.img
PATIENCE=$((20 * ${SLOW:-10})) # seconds
# Traps that only a kernel that believed the image would take.
accident='kernel (page )?fault|scause|misaligned|illegal|broken:'

poke() # OFFSET HEX
{
	printf '%b' "${2//??/\\x&}" |
		dd of="$img" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# Inode 1 of the image in $img, from its superblock.
root_inode()
{
	local start
	start=$(od -An -tu4 -j 1048 -N 4 "$img" | tr -d ' ')
	echo $((start * 1024 + 64))
}

rejected() # NAME ERE
{
	local status=0 verdict=0
	tests/bounded.sh $PATIENCE make -s run "VARIANT=${VARIANT:-scalable}" \
		"CPUS=${CPUS:-2}" "FSIMG=$img" CMD='echo hello' \
		</dev/null 2>&1 | tr -d '\r' >"$scratch/.out"
	status=${PIPESTATUS[0]}
	[ "$status" != 0 ] && [ "$status" != 124 ] || verdict=1
	grep -Eiq -- "$2" "$scratch/.out" || verdict=1
	! grep -Eiq "$accident" "$scratch/.out" || verdict=1
	! grep -qx hello "$scratch/.out" || verdict=1
	[ $verdict = 0 ] || echo "(status $status)" >>"$scratch/.out"
	verdict $verdict "$1"
}

damaged() # NAME ERE [OFFSET HEX]...
{
	local name=$1 pattern=$2
	shift 2
	cp "$good" "$img"
	while [ $# -gt 0 ]; do
		poke "$1" "$2"
		shift 2
	done
	rejected "$name" "$pattern"
}

about='image|file system|superblock|disk'

: >"$img"
rejected "empty file" "$about"
head -c 512 /dev/zero >"$img"
rejected "one sector" "$about"
head -c 2048000 /dev/zero >"$img"
rejected "all zeros" "$about"
awk 'BEGIN { srand(7); for (i = 0; i < 65536; i++)
	printf "%c", 1 + int(rand() * 126) }' >"$img"
rejected "noise" "$about"
cp build/mkfs "$img"
rejected "a program" "$about"
head -c 100000 "$good" >"$img"
rejected "cut off" "$about"

damaged "foreign magic" "$about" 1024 01020304
damaged "larger than the disk" "$about" 1028 ffffff7f
damaged "no blocks" "$about" 1028 00000000
damaged "more data than blocks" "$about" 1032 ffffffff
damaged "no inodes" "$about" 1036 00000000
damaged "too many inodes" "$about" 1036 ffffffff
damaged "no log" "$about" 1040 00000000
damaged "log larger than its header" "$about" 1040 ffff0000
damaged "log outside" "$about" 1044 ffffff00
damaged "inodes outside" "$about" 1048 ffffffff
damaged "bitmap outside" "$about" 1052 ffffffff
damaged "log counts too much" "$about|log" 2048 ffffff7f
damaged "logged block outside" "$about|log" 2048 01000000ffffff7f
damaged "logged superblock" "$about|log" 2048 0100000001000000

cp "$good" "$img"
root=$(root_inode)
damaged "root is free" "$about|root|init" "$root" 0000
damaged "root is a file" "$about|root|init" "$root" 0200
damaged "root of an unknown type" "$about|root|inode" "$root" 7700
damaged "root's blocks outside" "$about|root|inode" \
	$((root + 12)) ffffff7f

finish
