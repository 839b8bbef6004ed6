#!/bin/bash
# sync, poweroff, reboot and the end of the shell: each leaves everything in
# its place on the disk, with nothing for the next mount to do.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
. tests/console.sh
img=$scratch/disk.img
cp "${FSIMG:-build/fs.img}" "$img" || exit 1
FSIMG=$img KEEP=yes

boots()
{
	qemu_command
	guest_start "${qemu[@]}"
	guest_prompt 60
}

# The guest ends by itself, with that status.
ends() # STATUS
{
	local status
	wait "$guest"
	status=$?
	guest=
	exec {typing}>&-
	[ "$status" = "$1" ]
}

# Fsck's opinion of the disk as it is: a log that is not empty is a problem.
in_place()
{
	says "$1: all is in its place" ': clean$' build/fsck "$img"
}

check "boots" boots
check "writes, and sync" guest_command 'mkdir d; cat /sh > d/f; sync' 60
guest_end
in_place "sync"

check "boots again" boots
says "contents" '^same$' guest_command 'wc < sh > a; wc < d/f > b; grep . a b | wc; echo same' 60
guest_type 'rm a b; cat /ls > d/g; reboot\n'
check "the machine starts again" guest_await '^drove: variant' 60
check "and reaches its shell" guest_prompt 60
says "with what was written" '^g +2 ' guest_command 'ls d' 60
says "usage of poweroff" '^usage: poweroff' guest_command 'poweroff 256' 60
says "usage of reboot" '^usage: reboot' guest_command 'reboot now' 60
guest_type 'cat /wc > d/h; poweroff\n'
check "poweroff ends the machine" ends 0
in_place "poweroff"

check "boots after that" boots
guest_type 'rm d/g; poweroff 7\n'
check "poweroff's status is the emulator's" ends 7
in_place "poweroff 7"

check "boots once more" boots
check "a file" guest_command 'cat /cat > d/i' 60
guest_type '\x04'
check "the end of the shell starts another" guest_await '^init: starting sh$' 60
check "at its prompt" guest_prompt 60
guest_end
in_place "end of the shell"

finish
