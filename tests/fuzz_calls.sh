#!/bin/bash
# Random system calls in the guest (user/fuzz.c), and then a look at the disk
# from outside.
#
#   tests/fuzz_calls.sh [-m] [-s seed] [-t seconds] [-p processes]
#
# -m: some processes take all memory.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/qemu.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
seed=1 seconds=10 options=
while getopts ms:t:p: option; do
	case $option in
	m) options+=" -m" ;;
	s) seed=$OPTARG ;;
	t) seconds=$OPTARG ;;
	p) options+=" -p $OPTARG" ;;
	*) exit 1 ;;
	esac
done
PATIENCE=$(((60 + 2 * seconds) * ${SLOW:-10})) # seconds
FSIMG=$scratch/fuzz.img KEEP=yes

fuzz()
{
	cp build/fs.img "$FSIMG" || return
	qemu_command "-- fuzz -s $seed -t $seconds$options"
	tests/bounded.sh $PATIENCE "${qemu[@]}" </dev/null 2>&1 | tr -d '\r' \
		>"$scratch/console"
	local status=${PIPESTATUS[0]}
	grep -v ': killed$' "$scratch/console"
	! grep -q panic "$scratch/console" || return 1
	return "$status"
}

make -s fuzz-tools || exit 1
says "seed $seed" '^FUZZ OK' fuzz
grep '^FUZZ' "$scratch/.out"
says "seed $seed: clean disk" ': clean$' build/fsck "$FSIMG"
finish
