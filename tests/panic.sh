#!/bin/bash
# A kernel panic says what, where and on whose behalf, with a stack trace that
# names functions, and the failure reaches the host.  The panic here: the end
# of init, which no program can bring about; it is another program when the
# machine starts again.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
log=$scratch/console

status=0
tests/bounded.sh $((20 * ${SLOW:-10})) make -s run "VARIANT=${VARIANT:-scalable}" \
	"CPUS=${CPUS:-2}" CMD='rm /init && ln /echo /init && reboot' \
	</dev/null >"$log.raw" 2>&1 || status=$?
tr -d '\r' <"$log.raw" >"$log"

check "the machine stops by itself" [ $status != 124 ]
check "the failure reaches the host" [ $status != 0 ]
says "it is called a panic" . grep -i panic "$log"
says "names init" . grep -E 'panic.*init|init' "$log"
says "names the hart" . grep -Ei 'hart [0-9]+' "$log"
says "traces functions by name" . grep -E '[a-z]+_[a-z]+\+0x[0-9a-f]+' "$log"
check "nothing runs on" bash -c "! grep -A1 '^panic' '$log' | grep -q init:"
[ $failed = 0 ] || sed 's/^/    | /' "$log"
finish
