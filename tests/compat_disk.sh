#!/bin/bash
# Disk images that another mkfs could have made: other sizes and layouts, no
# program or device node of ours, and an unfinished transaction in the log.
# They mount, recover, run their own programs, and stay consistent.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
. tests/console.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
CPUS=${CPUS:-2} KEEP=yes
dir=build/compat
tool=$dir/imagetool
if ! make -s compat-images "VARIANT=${VARIANT:-scalable}" all; then
	echo "0 passed, 1 failed"
	exit 1
fi

boot() # IMAGE
{
	FSIMG=$1
	qemu_command
	guest_start "${qemu[@]}"
	guest_await '^init: starting sh$' && guest_prompt
}

halt()
{
	guest_end
	says "$1: clean afterwards" ': clean$' build/fsck -m "$FSIMG"
}

answers() # NAME ERE LINE
{
	says "$1" "$2" guest_command "$3"
}

# --- geometry ----------------------------------------------------------------

# Everything a foreign disk does by itself; it has no node for the console
# until its init makes one.
use_disk() # NAME IMAGE FILES-AT-MOST
{
	says "$1: sound" ': clean$' build/fsck "$2"
	check "$1: boots to its shell" boot "$2"
	answers "$1: arguments" '^two words$' 'echo two words'
	answers "$1: the console's node" '^[0-9]+ v 1 0 console$' 'ls'
	check "$1: a file" guest_command 'echo some text > file'
	answers "$1: reads it" '^some text$' 'cat file'
	answers "$1: fills it" "^many: $3\$" many
	answers "$1: fills it again" "^many: $3\$" many
	halt "$1"
	check "$1: boots again" boot "$2"
	answers "$1: file kept" '^some text$' 'cat file'
	halt "$1"
}

laid_out() # NAME BLOCKS INODES LOGBLOCKS FILES-AT-MOST
{
	local img=$scratch/geometry.img
	check "$1: made" $tool relayout $dir/foreign.img "$img" "$2" "$3" "$4"
	use_disk "$1" "$img" "$5"
}

cp $dir/foreign.img "$scratch/plain.img"
use_disk "as our mkfs makes it" "$scratch/plain.img" '[0-9]+'
laid_out "usual size" 2000 200 30 '[0-9]+'
laid_out "few inodes" 2000 24 30 '[0-9]|1[0-9]'
laid_out "few blocks" 160 200 30 '[0-9]+'
laid_out "large, long log" 20000 3000 127 300
laid_out "shortest log" 9000 200 11 '[0-9]+'
laid_out "log longer than its header" 3000 200 400 '[0-9]+'

# --- recovery ----------------------------------------------------------------

# The same disk with and without two more files, in one geometry.
before=$scratch/before.img after=$scratch/after.img img=$scratch/dirty.img
echo "saved by the log" >"$scratch/first"
head -c 9000 /dev/zero | tr '\0' 'x' >"$scratch/second"
programs=()
for name in init sh echo cat ls many; do
	programs+=("$dir/foreign/$name")
done
build/mkfs -b 1000 "$scratch/a" "${programs[@]}" &&
	build/mkfs -b 1000 "$scratch/b" "${programs[@]}" "$scratch/first" \
		"$scratch/second" &&
	$tool relayout "$scratch/a" "$before" 1200 100 40 &&
	$tool relayout "$scratch/b" "$after" 1200 100 40 ||
	check "images for recovery" false

recovers() # NAME [TEAR]
{
	check "$1: made" $tool dirty "$before" "$after" "$img" ${2:+"$2"}
	refuses "$1: needs it" '.' quiet_fsck
	check "$1: boots" boot "$img"
	check "$1: the kernel says so" \
		grep 'finishing an interrupted commit' "$console"
	answers "$1: file there" '^saved by the log$' 'cat first'
	answers "$1: large file whole" '^[0-9]+ f 1 9000 second$' 'ls'
	halt "$1"
	says "$1: log is empty" ': clean$' build/fsck "$img"
	check "$1: boots again" boot "$img"
	answers "$1: kept" '^saved by the log$' 'cat first'
	halt "$1"
}

# One line, whatever there is to say.
quiet_fsck()
{
	build/fsck "$img" | tail -n 1
	return "${PIPESTATUS[0]}"
}

recovers "committed"
recovers "torn" torn

# A mount alone changes nothing but what the log says: the root directory has
# its new entries, and every other block is as the other mkfs made it.
no_init()
{
	build/mkfs -b 1000 "$scratch/a" $dir/foreign/cat &&
		build/mkfs -b 1000 "$scratch/b" $dir/foreign/cat \
			"$scratch/first" "$scratch/second" &&
		$tool relayout "$scratch/a" "$before" 1200 100 40 &&
		$tool relayout "$scratch/b" "$after" 1200 100 40 &&
		$tool dirty "$before" "$after" "$img" torn
}
check "without init: made" no_init
FSIMG=$img
qemu_command
says "without init: a clear message" 'panic.*init' \
	bash -c 'tests/bounded.sh $((20 * ${SLOW:-10})) "$@" </dev/null; true' _ "${qemu[@]}"
check "without init: recovered to the byte" $tool same "$img" "$after"

# --- orphans -----------------------------------------------------------------

# A crash with a nameless file open: its inode and blocks are free again after
# the next mount.
orphaned()
{
	guest_type 'hold\n'
	guest_await '^holding$'
	guest_end
	build/fsck -m "$FSIMG"
}

none_left()
{
	build/fsck -m "$FSIMG" >"$scratch/fsck" &&
		! grep 'unlinked while open' "$scratch/fsck"
}

cp $dir/foreign.img "$scratch/orphan.img"
check "orphan: boots" boot "$scratch/orphan.img"
says "orphan: left by a crash" 'unlinked while open' orphaned
check "orphan: boots again" boot "$scratch/orphan.img"
check "orphan: a change, to have it on the disk" guest_command 'echo x > x'
halt "orphan"
check "orphan: gone" none_left

finish
