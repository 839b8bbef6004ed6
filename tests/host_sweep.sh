#!/bin/bash
# The sweep with canned consoles in place of a guest: what it reads from them,
# the order of points, going on after an interruption, failed and hung points,
# and the table.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
export OUT=$scratch/out/sweep.csv RUNNER=$scratch/runner
unset CPUS VARIANTS REPEATS ARGS MEM LIMIT RETRY

# The guest: notes its point, then prints $scratch/VARIANT-HARTS, or else a
# console made of those numbers.
cat >"$RUNNER" <<END
#!/bin/bash
echo "\$1 \$2 \$3" >>"$scratch/ran"
if [ -e "$scratch/\$1-\$2" ]; then
	. "$scratch/\$1-\$2"
	exit
fi
rate=\$((\$2 * 100))
[ "\$1" != scalable ] || rate=\$((rate * 4))
printf 'worker 0: %d forks\r\n' \$rate
printf 'RESULT bench=parfork variant=%s harts=%d workers=%d pages=256 ' \
	"\$1" "\$2" "\$2"
printf 'writes=16 exec=0 seconds=2.001 forks=%d forks_per_s=%d.5 ' 200 \$rate
printf 'cow_copies=3200 cow_upgrades=11 zero_fills=12 contended=%d ' \$((\$2 * 50))
printf 'spins=%d contended_all=13\r\n' \$((\$2 * 1000))
END
chmod +x "$RUNNER"

sweep() # SETTING=VALUE...: output in table and progress, status in ended
{
	ended=0
	env "$@" bench/sweep.sh >"$scratch/table" 2>"$scratch/progress" ||
		ended=$?
}

fresh()
{
	rm -rf "$scratch/out" "$scratch/ran"
	: >"$scratch/ran"
}

rows() { grep -c '^[a-z]*,[0-9]' "$OUT"; }

# cell COLUMN VARIANT CPUS REPEAT
cell()
{
	awk -F , -v name="$1" -v want="$2,$3,$4" '
		$1 == "variant" { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 "," $2 "," $3 == want { print $at[name] }' "$OUT"
}

shows() # ERE FILE
{
	grep -Eq -- "$1" "$scratch/$2" || { cat "$scratch/$2"; return 1; }
}

is() { [ "$1" = "$2" ] || { echo "'$1', not '$2'"; return 1; }; }

fresh
sweep CPUS="1 2" REPEATS=2
check "a sweep succeeds" is "$ended" 0
check "its points" is "$(rows)" 8
check "are interleaved" is "$(tr '\n' ';' <"$scratch/ran")" \
	"baseline 1 1;scalable 1 1;baseline 2 1;scalable 2 1;baseline 1 2;scalable 1 2;baseline 2 2;scalable 2 2;"
check "rate" is "$(cell forks_per_s scalable 2 1)" 800.5
check "last key, without its CR" is "$(cell contended_all scalable 2 1)" 13
check "status" is "$(cell status baseline 1 2)" ok
check "load of the host" bash -c "[[ \"$(cell load baseline 1 2)\" == *.* ]]"
for what in date host cpu cores qemu compiler commit; do
	check "names its $what" grep -q "^# $what: " "$OUT"
done
check "progress" shows '^\[8/8\] scalable CPUS=2 repeat 2: 800\.5 forks/s; 0:00 left$' \
	progress
check "table: variants side by side" \
	shows '^2[ *]* \| +200\.5 +0\.5000 +10\.00 \| +800\.5 +0\.5000 +10\.00 \| +3\.99$' table
check "consoles of good points go" [ ! -e "${OUT%.csv}-consoles" ]

: >"$scratch/ran"
sweep CPUS="1 2" REPEATS=2
check "what is there is not measured again" is "$(wc -l <"$scratch/ran")" 0
check "and still shown" shows '3\.99$' table
sweep CPUS="1 2" REPEATS=3
check "one more repeat: only that" is "$(wc -l <"$scratch/ran")" 4
: >"$scratch/ran"
sweep CPUS=1 REPEATS=1 ARGS="-t 1 -e"
check "other arguments are other points" is "$(wc -l <"$scratch/ran")" 2
check "table: only these arguments" is "$(grep -c ' | ' "$scratch/table")" 3

# Two lines lost from the end, as after a crash of the host.
fresh
sweep CPUS="1 2" REPEATS=2
sed -i '$d' "$OUT"
sed -i '$d' "$OUT"
: >"$scratch/ran"
sweep CPUS="1 2" REPEATS=2
check "lost points are measured again" is "$(tr '\n' ';' <"$scratch/ran")" \
	"baseline 2 2;scalable 2 2;"

# Another commit measured into the same file.
fresh
sweep CPUS=1 REPEATS=1
sed -i -e 's/^# commit: .*/# commit: old/' \
	-e '/^[a-z]*,[0-9]/s/^\(\([^,]*,\)\{6\}\)[^,]*/\1old/' "$OUT"
sweep CPUS=1 REPEATS=1
check "points of another commit stay" is "$(grep -c ',old,' "$OUT")" 2
check "and are measured anew" is "$(rows)" 4
check "with a new description" is "$(grep -c '^# commit: ' "$OUT")" 2

# An interruption in the middle of a point.
fresh
echo 'sleep 60' >"$scratch/scalable-2"
env CPUS="1 2" REPEATS=1 bench/sweep.sh >/dev/null 2>"$scratch/progress" &
for ((i = 0; i < 100; i++)); do
	grep -q 'scalable 2' "$scratch/ran" && break
	sleep 0.1
done
kill -TERM $!
ended=0
wait $! || ended=$?
check "interrupted: status" is "$ended" 130
check "interrupted: says how to go on" shows 'goes on from here' progress
check "interrupted: finished points are kept" is "$(rows)" 3
rm "$scratch/scalable-2"
: >"$scratch/ran"
sweep CPUS="1 2" REPEATS=1
check "goes on" is "$(cat "$scratch/ran")" "scalable 2 1"

# Points that fail, in each way.
fail_as() # NAME STATUS SCRIPT
{
	fresh
	echo "$3" >"$scratch/baseline-1"
	sweep CPUS=1 REPEATS=1 LIMIT=1
	check "$1: row" is "$(cell status baseline 1 1)" "$2"
	check "$1: no numbers" is "$(cell forks baseline 1 1)" ""
	check "$1: other points go on" is "$(cell status scalable 1 1)" ok
	check "$1: the sweep fails" is "$ended" 1
	check "$1: console is kept" grep -q words \
		"${OUT%.csv}-consoles/baseline-1-1.log"
	check "$1: below the table" shows 'failed or hung: baseline, 1 harts' \
		table
	check "$1: no ratio" shows '^1[ *]* \| +- +- +- .* -$' table
}

good='RESULT bench=parfork variant=baseline harts=1 forks=5 forks_per_s=2.5'
fail_as "hung" hung 'echo words; sleep 30'
fail_as "bad status" failed "echo words; echo $good; exit 4"
fail_as "no result" failed 'echo words'
fail_as "two results" failed "echo words; echo $good; echo $good"
fail_as "another variant" failed "echo words; echo ${good/baseline/eager}"
fail_as "other harts" failed "echo words; echo ${good/harts=1/harts=8}"
fail_as "no forks" failed "echo words; echo ${good/forks=5/}"

: >"$scratch/ran"
sweep CPUS=1 REPEATS=1
check "a failed point is not repeated" is "$(cat "$scratch/ran")" ""
rm "$scratch/baseline-1"
sweep CPUS=1 REPEATS=1 RETRY=1
check "unless told to" is "$(cat "$scratch/ran")" "baseline 1 1"
check "and then it counts" shows '^1[ *]* \| +100\.5 ' table

# Keys that are new, missing, or hold what columns are parted with.
fresh
echo "echo $good color=a,b extra=9" >"$scratch/baseline-1"
sweep CPUS=1 REPEATS=1
check "new keys are kept" is "$(cell other baseline 1 1)" "color=a;b extra=9"
check "missing keys are empty" is "$(cell spins baseline 1 1)" ""
rm "$scratch/baseline-1"

# Oversubscription.
fresh
many=$(($(nproc) + 1))
sweep CPUS="1 $many" REPEATS=1
check "more harts than cores" is "$(cell oversubscribed baseline $many 1)" 1
check "as many as cores" is "$(cell oversubscribed baseline 1 1)" 0
check "table: mark" shows "^$many \*" table
check "table: what it means" shows '^\* oversubscribed' table

# Medians of an odd and of an even number of points; order of harts.
{
	echo variant,cpus,repeat,status,oversubscribed,commit,args,mem,forks,forks_per_s,contended,spins
	for rate in 30 9 100; do
		echo "a,16,1,ok,0,c,x,m,10,$rate,5,20"
	done
	for rate in 8 40 1000 10; do
		echo "a,2,1,ok,0,c,x,m,10,$rate,0,0"
	done
} >"$scratch/medians.csv"
awk -f bench/table.awk "$scratch/medians.csv" >"$scratch/table"
check "median of three" shows '^16 +\| +30\.0 +0\.5000 +2\.00$' table
check "median of four" shows '^2 +\| +25\.0 +0\.0000 +0\.00$' table
check "harts in order" is "$(grep -E '^[0-9]' "$scratch/table" |
	cut -d ' ' -f 1 | tr '\n' ' ')" "2 16 "
check "one variant has no ratio" bash -c "! grep -q over '$scratch/table'"

refuses "no such hart count" 'numbers from 1' env CPUS=x bench/sweep.sh
refuses "no repeats" 'numbers from 1' env REPEATS=0 bench/sweep.sh
echo "variant,other" >"$scratch/foreign.csv"
refuses "file of another kind" 'has other columns' \
	env OUT="$scratch/foreign.csv" bench/sweep.sh

# The demo's comparison.
demo() # SED-EXPRESSION
{
	sed -e "$1" <<-'END' | awk -v cores=2 -f bench/demo.awk 2>&1
	VARIANT baseline
	RESULT bench=parfork harts=8 workers=8 pages=256 writes=16 forks=1000 forks_per_s=200.0 cow_copies=17000 cow_upgrades=0 contended=500 contended_all=600
	class acquisitions contended spins wait_us
	log 900 1 20 0
	pagecount 9000 480 50 4
	echo after the table 7
	VARIANT scalable
	RESULT bench=parfork harts=8 workers=8 pages=256 writes=16 forks=2000 forks_per_s=500.0 cow_copies=34000 cow_upgrades=2000 contended=0 contended_all=10
	class acquisitions contended spins wait_us
	log 900 4 20 0
	END
}

demo '' >"$scratch/demo"
check "demo: rates and their ratio" \
	shows '^forks per second +200\.0 +500\.0 +x 2\.50$' demo
check "demo: contention" shows "memory manager's locks +500\.0 +0\.0$" demo
check "demo: worst class first" bash -c "
	grep -A 1 'lock class pagecount  *480.0  *0.0' '$scratch/demo' |
	grep -q 'lock class log  *1.0  *2.0'"
check "demo: only classes" bash -c "! grep -q echo '$scratch/demo'"
check "demo: oversubscribed" shows 'not scaling' demo
check "demo: enough cores" bash -c \
	"[[ \"$(demo s/harts=8/harts=2/)\" == *'side by side'* ]]"
check "demo: no forks" bash -c "[[ \"$(demo /RESULT/d)\" == 'no forks on'* ]]"

finish
