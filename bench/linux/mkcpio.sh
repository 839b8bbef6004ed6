#!/bin/bash
# Writes an initramfs (cpio, format newc) to the standard output: /dev/console
# and the programs given, in the root.  Needs no cpio program, and no rights
# to make device nodes.
#
#   bench/linux/mkcpio.sh PROGRAM...

inode=0

pad() # BYTES-WRITTEN: zeros up to a multiple of four
{
	head -c $(((4 - $1 % 4) % 4)) /dev/zero
}

header() # NAME MODE SIZE MAJOR MINOR
{
	local name=$1
	inode=$((inode + 1))
	# magic, ino, mode, uid, gid, nlink, mtime, size, device, major and
	# minor of a node, length of the name with its 0, no checksum
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \
		$inode "$2" 0 0 1 0 "$3" 0 0 "$4" "$5" $((${#name} + 1)) 0
	printf '%s\0' "$name"
	pad $((110 + ${#name} + 1))
}

header dev $((0040755)) 0 0 0
header proc $((0040755)) 0 0 0
header dev/console $((0020600)) 0 5 1
for program; do
	size=$(wc -c <"$program") || exit 1
	header "${program##*/}" $((0100755)) "$size" 0 0
	cat "$program" || exit 1
	pad "$size"
done
header 'TRAILER!!!' 0 0 0 0
