#!/bin/bash
# Nothing holds a hart for longer than a millisecond: a debug kernel measures
# the time between two points at which it takes interrupts, under programs that
# have tried to make it long.  QEMU counts time in instructions for it, two
# nanoseconds each, so that it is the kernel's and not the host's; with several
# harts that time would be everybody's, hence one.
#
#   tests/stretch.sh      VARIANT from the environment

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# The longest stretch, in microseconds, while a command ran; which it was, too.
longest() # MEM COMMAND
{
	make -s run DEBUG=1 CPUS=1 MEM="$1" "VARIANT=${VARIANT:-scalable}" \
		QEMUEXTRA='-icount shift=1' \
		CMD="echo reset > /dev/memstat; $2; cat /dev/memstat" \
		</dev/null >"$scratch/console" 2>&1 || {
		tail -n 20 "$scratch/console"
		return 1
	}
	tr -d '\r' <"$scratch/console" | grep '^stretch' | sort -k 2 -n |
		tail -n 3
}

short() # MEM COMMAND
{
	local us
	longest "$@" >"$scratch/longest" || return
	cat "$scratch/longest"
	us=$(sed -n 's/^stretch_max_us //p' "$scratch/longest")
	[ -n "$us" ] && [ "$us" -le 1000 ]
}

check "newlines to a text device" short 128M 'longwrites memstat'
check "a large write to a pipe" short 128M 'longwrites pipe'
check "an address space of many tables ends" short 256M 'longwrites tables'
check "memory runs short" short 64M 'cowtest'
check "all processes there can be" short 128M 'usertests forkmany'

export BOOTARGS=maxproc=4096 # at half a microsecond for each wake-up
check "thousands wait for one pipe" short 512M 'longwrites readers'
check "thousands sleep until one tick" short 512M 'longwrites sleepers'
finish
