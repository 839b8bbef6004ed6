#!/bin/bash
# The test runner itself, with a make that only pretends: every way in which a
# test can end is counted right, and nothing of a hung one stays behind.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh

# The fake: its argument CMD=... is a script that it runs.
mkdir "$scratch/bin"
cat >"$scratch/bin/make" <<'END'
#!/bin/bash
for word; do
	case $word in
	CMD=*) command=${word#CMD=} ;;
	esac
done
[[ "$*" == *run* ]] || [[ "$*" != *VARIANT=broken* ]] || {
	echo "cannot build this"
	exit 2
}
echo "asked for $*"
eval "$command"
END
chmod +x "$scratch/bin/make"

run() # ARGS: the runner on the list $scratch/list, output in $scratch/said
{
	ended=0
	PATH=$scratch/bin:$PATH GUEST_ONLY=1 GUEST_LIST=$scratch/list \
		LOGS=$scratch/logs tests/run.sh "$@" >"$scratch/said" 2>&1 ||
		ended=$?
}

list()
{
	cat >"$scratch/list"
}

totals() # LINE STATUS
{
	[ "$(tail -n 1 "$scratch/said")" = "$1" ] && [ "$ended" = "$2" ] ||
		{ cat "$scratch/said"; return 1; }
}

said() { grep -Eq -- "$1" "$scratch/said" || { cat "$scratch/said"; return 1; }; }

list <<'END'
# a comment

good | one two | 1 2 | 5 | quick | MEM=64M | echo fine; echo | ^fine$ | ^asked
slow | one | 1 | 5 | all | - | echo fine | fine
END
run quick
check "all boots of a line" totals "4 passed, 0 failed" 0
check "a line for each" said '^ok +[0-9]+\.[0-9] s  good-two-2$'
check "options reach make" grep -q 'MEM=64M VARIANT=two CPUS=1' \
	"$scratch/logs/good-two-1.log"
run all
check "level all" totals "5 passed, 0 failed" 0
run all 'slow|two-2'
check "selection" totals "2 passed, 0 failed" 0
run quick nothing
check "none selected" totals "0 passed, 0 failed" 0

list <<'END'
status | one | 1 | 5 | quick | - | echo fine; exit 3 | fine
missing | one | 1 | 5 | quick | - | echo fine | fine | coarse
early | one | 1 | 5 | quick | - | echo cause; echo one: FAILED; seq 99; false
panic | one | 1 | 5 | quick | - | echo panic: at the disk | panic
good | one | 1 | 5 | quick | - | printf 'fine\r\n' | ^fine$
END
run -j 1
check "failures are counted" totals "1 passed, 4 failed" 1
check "failing status" said '^FAILED .* status-one-1: exit status 3$'
check "missing line" said '^FAILED .* missing-one-1: no line matches coarse$'
check "panic" said '^FAILED .* panic-one-1: the kernel panicked$'
check "console of a failure" said '^ +\| panic: at the disk$'
check "its end" said '^ +\| 99$'
check "its middle is left out" bash -c "! grep -q '| 50\$' '$scratch/said'"
check "what failed long before the end" said '^ +\| one: FAILED$'
check "what led there" said '^ +\| cause$'

# A limit is a limit, on a host twice as slow twice as long.
export SLOW=2
mark=$((RANDOM + 40000)).$$
list <<END
hang | one | 1 | 1 | quick | - | echo last words; timeout $mark sleep $mark & wait
leave | one | 1 | 5 | quick | - | sleep $mark & echo left
END
run -j 2
check "a hang fails" totals "1 passed, 1 failed" 1
check "a hang is called one" said '^FAILED .* hang-one-1: hung, killed after 2 s'
check "its console" said '^ +\| last words$'
check "nothing stays behind" bash -c "! grep -slzx '$mark' /proc/[0-9]*/cmdline"

list <<'END'
built | one broken | 1 | 5 | quick | - | echo fine | fine
END
run
check "a failed build is counted" totals "2 passed, 1 failed" 1
check "a failed build is shown" said '^ +\| cannot build this$'

cat >"$scratch/odd.awk" <<'END'
/^odd/ { print "odd line" }
END
cp "$scratch/odd.awk" tests/.odd.awk
trap 'rm -rf "$scratch" tests/.odd.awk' EXIT
list <<'END'
script | one | 1 | 5 | quick | - | echo odd | @.odd
script-ok | one | 1 | 5 | quick | - | echo even | @.odd
host | three | 7 | 5 | quick | MEM=1G | !echo "$VARIANT $CPUS $MEM" panic | ^three 7 1G
host-fails | one | 1 | 5 | quick | - | !exit 9
END
run
check "scripts and host commands" totals "2 passed, 2 failed" 1
check "a script's verdict" said '^FAILED .* script-one-1: odd line$'

# Two slots: two tests of one hart at a time, a wider one alone.
list <<'END'
pair1 | one | 1 | 9 | quick | - | echo start 1 >> $T; sleep 0.5; echo end >> $T
pair2 | one | 1 | 9 | quick | - | echo start 1 >> $T; sleep 0.5; echo end >> $T
wide | one | 8 | 9 | quick | - | echo start 8 >> $T; sleep 0.2; echo end >> $T
END
T=$scratch/order
export T
run -j 2
check "slots" totals "3 passed, 0 failed" 0
check "pairs, and wide ones alone" [ "$(tr '\n' ' ' <"$T")" = \
	"start 1 start 1 end end start 8 end " ]

list <<'END'
short | one | 1 | 5
END
run
check "a bad list" [ "$ended" = 1 ]
refuses "bad level" '^usage' tests/run.sh sometimes
refuses "bad slots" '^usage' tests/run.sh -j x

# An interrupt ends tests and counts them as failed.
list <<END
long | one | 1 | 60 | quick | - | sleep $mark
END
PATH=$scratch/bin:$PATH GUEST_ONLY=1 GUEST_LIST=$scratch/list \
	LOGS=$scratch/logs tests/run.sh >"$scratch/said" 2>&1 &
sleep 1
kill -TERM $!
wait $!
ended=$?
check "interrupted" totals "0 passed, 1 failed" 130
check "nothing stays behind either" \
	bash -c "! grep -slzx '$mark' /proc/[0-9]*/cmdline"

# bounded.sh by itself.
check "status passes" bash -c 'tests/bounded.sh 5 sh -c "exit 7"; [ $? = 7 ]'
check "time-out" bash -c 'tests/bounded.sh 1 sleep 9; [ $? = 124 ]'
check "input passes" [ "$(echo in | tests/bounded.sh 5 cat)" = in ]

# The check of parfork's counters notices each thing that it is there for.
result() # SED-EXPRESSION: what parfork.awk says of a line changed so
{
	sed -e "$1" <<-'END' | awk -f tests/parfork.awk
	2 workers, 256 pages, 16 written, then exit; 50 iterations
	RESULT bench=parfork variant=scalable harts=2 workers=2 pages=256 writes=16 exec=0 seconds=0.100 forks=100 forks_per_s=1000.0 cow_copies=1900 cow_upgrades=1700 zero_fills=9 contended=0 spins=0 contended_all=12
	END
}
check "good counters" [ -z "$(result '')" ]
check "no RESULT" [ -n "$(result /RESULT/d)" ]
check "lost forks" [ -n "$(result s/forks=100/forks=99/)" ]
check "too few copies" [ -n "$(result s/copies=1900/copies=1599/)" ]
check "too many copies" [ -n "$(result s/copies=1900/copies=25600/)" ]
check "no upgrades" [ -n "$(result s/upgrades=1700/upgrades=0/)" ]
check "contended locks" [ -n "$(result s/contended=0/contended=90/)" ]
check "no rate" [ -n "$(result s/_s=1000.0/_s=0.0/)" ]
check "baseline upgrades" [ -n "$(result s/=scalable/=baseline/)" ]
check "good baseline" \
	[ -z "$(result 's/=scalable/=baseline/;s/upgrades=1700/upgrades=0/')" ]
check "eager copies" [ -n "$(result s/=scalable/=eager/)" ]

finish
