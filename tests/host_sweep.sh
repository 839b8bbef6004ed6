#!/bin/bash
# The sweep with canned consoles in place of a guest: what it reads from them,
# the order of points, going on after an interruption, failed and hung points,
# and the table.  Also the demo's comparison.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
export OUT=$scratch/out/sweep.csv RUNNER=$scratch/runner LIST=$scratch/list
unset BENCH CPUS VARIANTS REPEATS MEM RETRY LINUX MACHINE

# One benchmark of the simplest kind, unless a case says otherwise.
list()
{
	cat >"$LIST"
}

list <<'END'
# a comment

parfork | * | * | 9 | 128M | time | forks_per_s | forks | parfork -t 2
END

# The guest: notes its point, then prints $scratch/VARIANT-HARTS, or else a
# console made of those numbers.  Arguments: see bench/point.sh.
cat >"$RUNNER" <<END
#!/bin/bash
kind=\$1 name=\$2 variant=\$3 harts=\$4 repeat=\$5
echo "\$name \$kind \$variant \$harts \$repeat" >>"$scratch/ran"
echo "\$6 \$7" >>"$scratch/asked"
if [ -e "$scratch/\$variant-\$harts" ]; then
	. "$scratch/\$variant-\$harts"
	exit
fi
rate=\$((harts * 100))
[ "\$variant" != scalable ] || rate=\$((rate * 4))
printf 'worker 0: %d forks\r\n' \$rate
printf 'RESULT bench=%s variant=%s harts=%d workers=%d pages=256 ' \
	"\${7%% *}" "\$variant" "\$harts" "\$harts"
printf 'seconds=2.001 forks=%d forks_per_s=%d.5 ' 200 \$rate
printf 'cow_copies=3200 contended=%d spins=%d contended_all=13\r\n' \
	\$((harts * 50)) \$((harts * 1000))
[ "\$kind" = locks ] || exit 0
printf 'class  acquisitions  contended  wait_us\r\n'
printf 'pagecount 1000 %d 4000\r\nfamily 10 0 7\r\nend\r\n' \$harts
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
	rm -rf "$scratch/out" "$scratch/ran" "$scratch/asked"
	: >"$scratch/ran"
}

both=VARIANTS="baseline scalable"
rows() { grep -c '^[0-9-]*T' "$OUT"; }

# cell COLUMN VARIANT CPUS REPEAT [KIND]
cell()
{
	awk -F , -v name="$1" -v want="${5:-time},$2,$3,$4" '
		$1 == "date" { for (i = 1; i <= NF; i++) at[$i] = i }
		$3 "," $4 "," $5 "," $6 == want { print $at[name] }' "$OUT"
}

# value KEY VARIANT CPUS REPEAT [KIND]
value()
{
	cell values "${@:2}" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# stat KEY VARIANT CPUS [KIND]: "n median min max oversubscribed"
stat_of()
{
	awk -f bench/stats.awk "$LIST" "$OUT" | awk -F '\t' \
		-v want="${4:-time},$2,$3,$1" '
		$2 "," $3 "," $4 "," $6 == want {
			print $7, $8, $9, $10, $5
		}'
}

ran() { tr '\n' ';' <"$scratch/ran"; }

shows() # ERE FILE
{
	grep -Eq -- "$1" "$scratch/$2" || { cat "$scratch/$2"; return 1; }
}

is() { [ "$1" = "$2" ] || { echo "'$1', not '$2'"; return 1; }; }

fresh
sweep "$both" CPUS="1 2" REPEATS=2
check "a sweep succeeds" is "$ended" 0
check "its points" is "$(rows)" 8
check "are interleaved" is "$(ran | sed 's/parfork time //g')" \
	"baseline 1 1;scalable 1 1;baseline 2 1;scalable 2 1;baseline 1 2;scalable 1 2;baseline 2 2;scalable 2 2;"
check "rate" is "$(value forks_per_s scalable 2 1)" 800.5
check "last key, without its CR" is "$(value contended_all scalable 2 1)" 13
check "what is a column is no key" is "$(value harts scalable 2 1)" ""
check "status" is "$(cell status baseline 1 2)" ok
check "command" is "$(cell args baseline 1 2)" "parfork -t 2"
check "memory" is "$(cell mem baseline 1 2)" 128M
check "the runner gets both" is "$(sort -u "$scratch/asked")" \
	"128M parfork -t 2"
check "load of the host" bash -c "[[ \"$(cell load baseline 1 2)\" == *.* ]]"
for what in date machine host-cpu cores qemu compiler commit; do
	check "names its $what" grep -q "^# ${what#host-}: ." "$OUT"
done
check "progress" shows '^\[8/8\] parfork scalable CPUS=2 repeat 2: 800\.5 forks_per_s; 0:00 left$' \
	progress
check "table: variants side by side" \
	shows '^2[ *]* \| +200\.5 +0\.5000 +10\.00 \| +800\.5 +0\.5000 +10\.00 \| +3\.99$' table
check "consoles of good points go" [ ! -e "${OUT%.csv}-consoles" ]

: >"$scratch/ran"
sweep "$both" CPUS="1 2" REPEATS=2
check "what is there is not measured again" is "$(ran)" ""
check "and still shown" shows '3\.99$' table
sweep "$both" CPUS="1 2" REPEATS=3
check "one more repeat: only that" is "$(wc -l <"$scratch/ran")" 4
: >"$scratch/ran"
sweep "$both" CPUS=1 REPEATS=1 MEM=1G
check "other memory is another point" is "$(wc -l <"$scratch/ran")" 2
check "and it holds" is "$(tail -n 1 "$scratch/asked")" "1G parfork -t 2"
sed -i 's/-t 2$/-t 1/' "$LIST"
: >"$scratch/ran"
sweep "$both" CPUS=1 REPEATS=1
check "another command is another point" is "$(wc -l <"$scratch/ran")" 2
check "only the last command counts" is "$(stat_of rate baseline 1)" \
	"1 100.5 100.5 100.5 0"
check "and points it does not have are gone" is "$(stat_of rate baseline 2)" ""
sed -i 's/-t 1$/-t 2/' "$LIST"

# Two lines lost from the end, and half of a third, as after a crash.
fresh
sweep "$both" CPUS="1 2" REPEATS=2
sed -i '$d' "$OUT"
sed -i '$d' "$OUT"
truncate -s -20 "$OUT"
: >"$scratch/ran"
sweep "$both" CPUS="1 2" REPEATS=2
check "lost points are measured again" is "$(ran)" \
	"parfork time scalable 1 2;parfork time baseline 2 2;parfork time scalable 2 2;"
check "and the half row is gone" is "$(rows)" 8

# Another commit measured into the same file.
fresh
sweep "$both" CPUS=1 REPEATS=1
sed -i -e 's/^# commit: .*/# commit: old/' \
	-e '/^[0-9-]*T/s/^\(\([^,]*,\)\{10\}\)[^,]*/\1old/' "$OUT"
sweep "$both" CPUS=1 REPEATS=1
check "points of another commit stay" is "$(grep -c ',old,' "$OUT")" 2
check "and are measured anew" is "$(rows)" 4
check "with a new description" is "$(grep -c '^# commit: ' "$OUT")" 2
check "but do not count" is "$(stat_of rate baseline 1)" "1 100.5 100.5 100.5 0"
sed -i 's/^# cores: .*/# cores: 99/' "$OUT"
refuses "another machine's file" 'of another machine' \
	env CPUS=1 REPEATS=2 bench/sweep.sh

# An interruption in the middle of a point.
fresh
echo 'sleep 60' >"$scratch/scalable-2"
env "$both" CPUS="1 2" REPEATS=1 bench/sweep.sh >/dev/null \
	2>"$scratch/progress" &
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
sweep "$both" CPUS="1 2" REPEATS=1
check "goes on" is "$(ran)" "parfork time scalable 2 1;"

# Points that fail, in each way.
fail_as() # NAME STATUS SCRIPT
{
	fresh
	echo "$3" >"$scratch/baseline-1"
	sweep "$both" CPUS=1 REPEATS=1
	check "$1: row" is "$(cell status baseline 1 1)" "$2"
	check "$1: no numbers" is "$(cell values baseline 1 1)" ""
	check "$1: other points go on" is "$(cell status scalable 1 1)" ok
	check "$1: the sweep fails" is "$ended" 1
	check "$1: console is kept" grep -q words \
		"${OUT%.csv}-consoles/parfork-time-baseline-1-1.log"
	check "$1: below the table" shows \
		'^failed or hung: parfork: baseline, 1 harts, 1 times$' table
	check "$1: no ratio" shows '^1[ *]* \| +- +- +- .* -$' table
}

good='RESULT bench=parfork variant=baseline harts=1 forks=5 forks_per_s=2.5'
sed -i 's/| 9 |/| 1 |/' "$LIST"
fail_as "hung" hung 'echo words; sleep 30'
sed -i 's/| 1 |/| 9 |/' "$LIST"
fail_as "bad status" failed "echo words; echo $good; exit 4"
fail_as "no result" failed 'echo words'
fail_as "two results" failed "echo words; echo $good; echo $good"
fail_as "another benchmark" failed "echo words; echo ${good/par/for}"
fail_as "another variant" failed "echo words; echo ${good/baseline/eager}"
fail_as "other harts" failed "echo words; echo ${good/harts=1/harts=8}"

: >"$scratch/ran"
sweep "$both" CPUS=1 REPEATS=1
check "a failed point is not repeated" is "$(ran)" ""
rm "$scratch/baseline-1"
sweep "$both" CPUS=1 REPEATS=1 RETRY=1
check "unless told to" is "$(ran)" "parfork time baseline 1 1;"
check "and then it counts" shows '^1[ *]* \| +100\.5 ' table
check "and its failure is forgotten" bash -c "! grep -q failed '$scratch/table'"

# Keys that are new, or hold what columns are parted with.
fresh
echo "echo $good color=a,b extra=9" >"$scratch/baseline-1"
sweep "$both" CPUS=1 REPEATS=1
check "new keys are kept" is "$(value extra baseline 1 1)" 9
check "commas are not" is "$(value color baseline 1 1)" "a;b"
check "no counter, no contention" is "$(stat_of contended/op baseline 1)" ""
rm "$scratch/baseline-1"

# The list: several benchmarks, some not for all harts or variants, kinds.
list <<'END'
parfork | * | * | 9 | 128M | time locks | forks_per_s | forks | parfork -t 2
few | scalable | 2 4 | 9 | 1G | time | - | - | few | more
END
fresh
sweep "$both" CPUS="1 2" REPEATS=2
check "benchmarks in between" is "$(ran)" "parfork time baseline 1 1;parfork time scalable 1 1;parfork locks baseline 1 1;parfork locks scalable 1 1;parfork time baseline 2 1;parfork time scalable 2 1;parfork locks baseline 2 1;parfork locks scalable 2 1;few time scalable 2 1;parfork time baseline 1 2;parfork time scalable 1 2;parfork time baseline 2 2;parfork time scalable 2 2;few time scalable 2 2;"
check "a command with a bar" grep -qx '1G few | more' "$scratch/asked"
check "lock classes" is "$(value lock.pagecount.wait_us baseline 2 1 locks)" 4000
check "the last class" is "$(value lock.family.acquisitions baseline 2 1 locks)" 10
check "no class behind the table" bash -c "! grep -q lock.end '$OUT'"
check "no classes in timed points" is "$(value lock.family.wait_us baseline 2 1)" ""
check "waiting per fork" is \
	"$(stat_of lock.pagecount.wait_us/op baseline 2 locks)" "1 20 20 20 0"
: >"$scratch/ran"
sweep "$both" BENCH=few CPUS="2 8" REPEATS=3
check "one benchmark of all" is "$(ran)" "few time scalable 2 3;"
echo "echo $good" >"$scratch/baseline-1"
fresh
sweep VARIANTS=baseline CPUS=1 REPEATS=1
check "locks without a table fail" is \
	"$(cell status baseline 1 1 locks),$(cell status baseline 1 1)" failed,ok
rm "$scratch/baseline-1"
printf 'short | *\n' | list
refuses "a list with a short line" 'not 9 fields' bench/sweep.sh

# Linux among the variants.
list <<'END'
parfork | * | * | 9 | 128M | time locks boot | forks_per_s | forks | parfork -t 2
END
printf 'binary\0Linux version 6.1.2-dist (who) #1\0more' >"$scratch/image"
fresh
sweep VARIANTS="scalable linux" LINUX="$scratch/image" CPUS=1 REPEATS=1 \
	BENCH=parfork
check "Linux has its version, and only timed points" is \
	"$(ran | tr ';' '\n' | grep linux)" "parfork time linux-6.1.2 1 1"
check "Linux is described" grep -qx '# linux: Linux version 6.1.2-dist (who) #1' \
	"$OUT"
refuses "Linux without an image" 'LINUX=' env VARIANTS=linux bench/sweep.sh
refuses "a file that is no kernel" 'no uncompressed Linux image' \
	env VARIANTS=linux LINUX="$LIST" bench/sweep.sh

# Oversubscription.
list <<'END'
parfork | * | * | 9 | 128M | time | forks_per_s | forks | parfork -t 2
END
fresh
many=$(($(nproc) + 1))
sweep "$both" CPUS="1 $many" REPEATS=1
check "more harts than cores" is "$(cell oversubscribed baseline $many 1)" 1
check "as many as cores" is "$(cell oversubscribed baseline 1 1)" 0
check "table: mark" shows "^$many \*" table
check "table: what it means" shows '^\* oversubscribed' table

# Medians of an odd and of an even number of points; order of harts.
{
	echo date,bench,kind,variant,harts,repeat,status,oversubscribed,cores,load,commit,mem,args,values
	for rate in 30 9 100; do
		n=$((n + 1))
		echo "d,parfork,time,a,16,$n,ok,0,2,0,c,m,x,forks=10 forks_per_s=$rate contended=5 spins=20"
	done
	for rate in 8 40 1000 10; do
		n=$((n + 1))
		echo "d,parfork,time,a,2,$n,ok,0,2,0,c,m,x,forks=10 forks_per_s=$rate contended=0 spins=0"
	done
} >"$OUT"
awk -f bench/stats.awk "$LIST" "$OUT" | awk -f bench/table.awk "$LIST" - \
	>"$scratch/table"
check "median of three" shows '^16 +\| +30\.0 +0\.5000 +2\.00$' table
check "median of four" shows '^2 +\| +25\.0 +0\.0000 +0\.00$' table
check "median, least, most" is "$(stat_of rate a 2)" "4 25 8 1000 0"
check "harts in order" is "$(grep -E '^[0-9]' "$scratch/table" |
	cut -d ' ' -f 1 | tr '\n' ' ')" "2 16 "
check "one variant has no ratio" bash -c "! grep -q over '$scratch/table'"

refuses "no such hart count" 'numbers from 1' env CPUS=x bench/sweep.sh
refuses "no harts" 'numbers from 1' env CPUS="1 0" bench/sweep.sh
refuses "too many harts" 'at most 64' env CPUS=65 bench/sweep.sh
refuses "no repeats" 'numbers from 1' env REPEATS=0 bench/sweep.sh
refuses "no such variant" 'eager baseline scalable' \
	env VARIANTS=fast bench/sweep.sh
refuses "no such benchmark" 'no fast, but parfork' \
	env BENCH=fast bench/sweep.sh
echo "variant,other" >"$OUT"
refuses "file of another kind" 'has other columns' \
	env CPUS=1 REPEATS=1 VARIANTS=baseline bench/sweep.sh

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
