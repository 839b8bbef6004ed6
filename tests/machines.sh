#!/bin/bash
# Machines that are not the default one: without the supervisor's own timer,
# with the newer interrupt controllers for timers and harts, with other CPUs
# and disks, with few and with many harts.  Each boots and runs; what cannot
# work must be refused in words.
#
#   tests/machines.sh [HARTS]...

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
VARIANT=${VARIANT:-scalable}
make -s "VARIANT=$VARIANT" || exit 1

machine() # HARTS QEMU-ARGUMENTS CMD
{
	tests/bounded.sh $((60 * ${SLOW:-10})) make -s run "VARIANT=$VARIANT" "CPUS=$1" \
		"QEMUEXTRA=$2" CMD="$3" </dev/null 2>&1 | tr -d '\r'
}

works() # NAME HARTS QEMU-ARGUMENTS
{
	# Sleeping, preemption and wake-ups need timers and interrupts.
	says "$1, $2 harts" '^ALL TESTS PASSED$' machine "$2" "$3" \
		'usertests -q preempt sleeptime killsleep pipe1 forkfork'
}

[ $# -gt 0 ] || set -- 1 3 64
for harts; do
	works "default" $harts ''
	works "no Sstc" $harts '-cpu rv64,sstc=off'
	works "ACLINT" $harts '-machine aclint=on'
done
works "no Sstc, ACLINT" 3 '-cpu rv64,sstc=off -machine aclint=on'
works "no floating point" 2 '-cpu rv64,f=off,d=off'
works "no bit-manipulation" 2 \
	'-cpu rv64,zba=off,zbb=off,zbc=off,zbs=off'
works "one thread for all harts" 3 '-accel tcg,thread=single'
works "a disk of another size of queue" 2 \
	'-global virtio-blk-device.queue-size=8'

# Without what it cannot do without it says so, and ends.
refusal()
{
	local status=0
	machine 2 "$1" 'echo hello' >"$scratch/console" || status=$?
	cat "$scratch/console"
	[ "${PIPESTATUS[0]}" = 0 ] && [ $status != 124 ] &&
		! grep -qx hello "$scratch/console"
}
says "no MMU: refused in words" 'MMU|Sv39|satp|paging' \
	refusal '-cpu rv64,mmu=off'

finish
