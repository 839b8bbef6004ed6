#!/bin/bash
# The fuzzers for so many minutes in all, with new seeds:
#
#   tests/fuzz.sh MINUTES
#
# System calls, programs and disks get a third of the time each, divided
# between 1, 2 and 8 harts; a quarter of what the disks get is for kernel/fs on
# the host, under the sanitizers.  VARIANT and DEBUG come from the environment,
# SEED too if it is to be the same again.

cd "$(dirname "$0")/.." || exit 1
minutes=$1
case $minutes in
'' | *[!0-9]* | 0)
	echo "usage: tests/fuzz.sh MINUTES" >&2
	exit 1
	;;
esac
seed=$((${SEED:-$(date +%s)} % 1000000000))
share=$((minutes * 60 / 9))
failed=0

run() # COMMAND...
{
	echo "CPUS=$CPUS VARIANT=${VARIANT:-scalable}${DEBUG:+ DEBUG=1} $*"
	"$@" || failed=$((failed + 1))
}

for CPUS in 1 2 8; do
	export CPUS
	run tests/fuzz_calls.sh -s "$seed" -t $((share / 2))
	run tests/fuzz_calls.sh -m -s $((seed + 1)) -t $((share / 2))
	run tests/fuzz_elf.sh -s "$seed" -n 900 -t $share
	run tests/fuzz_image.sh -s "$seed" -n 1 -t $((share * 3 / 4))
	run build/tests/host_fs "$seed" $((share / 4))
	seed=$((seed + 1000000))
done
echo "$((15 - failed)) passed, $failed failed"
[ $failed = 0 ]
