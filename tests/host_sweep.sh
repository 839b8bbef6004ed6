#!/bin/bash
# The sweep with canned consoles in place of a guest: what it reads from them,
# the order of points, going on after an interruption, failed and hung points,
# and the table.  Also the demo's comparison.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
export OUT=$scratch/out/sweep.csv RUNNER=$scratch/runner LIST=$scratch/list
unset BENCH CPUS VARIANTS REPEATS MEM RETRY LINUX MACHINE
unset MODEL MODEL_ARGS MODEL_LIMIT JOBS

# One benchmark of the simplest kind, unless a case says otherwise.
list()
{
	cat >"$LIST"
}

list <<'END'
# a comment

parfork | * | * | 9 | 128M | time | forks_per_s | forks | - | parfork -t 2
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
parfork | * | * | 9 | 128M | time locks | forks_per_s | forks | - | parfork -t 2
few | scalable | 2 4 | 9 | 1G | time | - | - | - | few | more
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
refuses "a list with a short line" 'not 10 fields' bench/sweep.sh

# Linux among the variants.
list <<'END'
parfork | * | * | 9 | 128M | time locks boot | forks_per_s | forks | - | parfork -t 2
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
parfork | * | * | 9 | 128M | time | forks_per_s | forks | - | parfork -t 2
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

# Modelled points: a guest under the model also leaves a raw report, and the
# lines in it by name.
list <<'END'
parfork | * | * | 9 | 128M | time | forks_per_s | forks | 512M parfork -i 64:32/harts -p 7 | parfork -t 2
plain | * | * | 9 | 128M | time | - | - | - | plain
END
cp "$RUNNER" "$scratch/timed-runner"
cat >"$RUNNER" <<END
#!/bin/bash
kind=\$1 name=\$2 variant=\$3 harts=\$4 repeat=\$5
[[ \$kind == model-* ]] || exec "$scratch/timed-runner" "\$@"
echo "\$name \$kind \$variant \$harts \$repeat" >>"$scratch/ran"
echo "\$6 \$7" >>"$scratch/asked"
echo "\$MODEL_CORE" >>"$scratch/cores"
result="RESULT bench=parfork variant=\$variant harts=\$harts forks=800 \
seconds=1.0 forks_per_s=9.5 ns_min=3 evenness=7 contended=40 fork_us_1=3 \
fork_us_1_cycles=77 model_cycles=1000 model_ops_per_s=\$((harts * 500))"
hart="hart region=1 id=0 ops=800 cycles=100 instructions=40 miss=10 transfer=20 \
queue=15 spin=10 device=5 idle=0"
breaks=0
[ ! -e "$scratch/\$variant-\$harts" ] || . "$scratch/\$variant-\$harts"
echo "\$result"
{
	echo "model protocol=1 profile=ideal harts=\$harts"
	echo "region n=1 participants=\$harts cycles=110 ops=800" \
		"breaks=\$breaks handovers=5"
	echo "\$hart"
	echo "lines region=1 n=3 transfers=1600 cycles=9"
} >"\$MODEL_REPORT"
echo "1,a;b,a,2,3,1,8,f (x.c:1),g (y.c:2)" >"\$MODEL_REPORT.lines"
END

sorted() { sort "$scratch/ran" | tr '\n' ';'; }

fresh
sweep "$both" CPUS="1 2" REPEATS=1
sweep "$both" MODEL=1 CPUS="1 8" JOBS=2
check "modelled: a sweep succeeds" is "$ended" 0
check "modelled: its points, once, without what is not modelled" is \
	"$(sorted | tr ';' '\n' | grep model | xargs)" \
	"parfork model-ideal baseline 1 1 parfork model-ideal baseline 8 1 parfork model-ideal scalable 1 1 parfork model-ideal scalable 8 1"
check "modelled: the longest first" is "$(grep model "$scratch/ran" |
	head -n 2 | grep -c ' 8 1$')" 2
check "modelled: timed points stay" is "$(grep -c ',time,.*,ok,' "$OUT")" 8
check "modelled: the kind says it" is \
	"$(cell status baseline 8 1 model-ideal)" ok
check "modelled: the command is the list's" is \
	"$(cell args baseline 8 1 model-ideal)" "parfork -i 64:32/harts -p 7"
check "modelled: memory" is "$(cell mem baseline 8 1 model-ideal)" 512M
check "modelled: sized by variant and harts" is \
	"$(grep -- '-i' "$scratch/asked" | sort | tr '\n' ';')" \
	"512M parfork -i 32 -p 7;512M parfork -i 4 -p 7;512M parfork -i 64 -p 7;512M parfork -i 8 -p 7;"
check "modelled: never too many harts for the host" is \
	"$(cell oversubscribed baseline 8 1 model-ideal)" 0
check "modelled: rate" is "$(stat_of rate scalable 8 model-ideal)" \
	"1 4000 4000 4000 0"
check "modelled: no rate in host time" is \
	"$(value forks_per_s scalable 8 1 model-ideal)$(value seconds scalable \
		8 1 model-ideal)$(value ns_min scalable 8 1 model-ideal)$(value \
		evenness scalable 8 1 model-ideal)$(value fork_us_1 scalable 8 1 \
		model-ideal)" ""
check "modelled: cycles" is "$(value fork_us_1_cycles scalable 8 1 \
	model-ideal)" 77
check "modelled: counters" is "$(stat_of contended/op scalable 8 \
	model-ideal)" "1 0.05 0.05 0.05 0"
check "modelled: where the cycles went" is \
	"$(value cost.queue scalable 8 1 model-ideal) $(value cost.end scalable \
		8 1 model-ideal)" "15 10"
check "modelled: per operation" is "$(stat_of cost.spin/op scalable 8 \
	model-ideal)" "1 0.0125 0.0125 0.0125 0"
check "modelled: transfers per operation" is \
	"$(stat_of model_transfers/op scalable 8 model-ideal)" "1 2 2 2 0"
check "modelled: no breaks" is "$(value model_breaks scalable 8 1 \
	model-ideal)" 0
check "modelled: table" shows '^8 +\| +4000 +100\.0% +2000000 \| +4000 +100\.0% +2000000 \| +1\.00$' table
check "modelled: its heading" \
	shows '^parfork, modelled .profile ideal., rates at 1 GHz$' table
check "modelled: no mark" bash -c "! grep -q '^!' '$scratch/table'"
check "modelled: the raw report stays" bash -c \
	"gunzip <'${OUT%.csv}-model/parfork-model-ideal-scalable-8-1.gz' |
	grep -q '^region n=1'"
check "modelled: the lines stay, with their point" is "$(grep -c \
	",parfork,model-ideal,scalable,8,1,1,a;b,a,2,3,1,8,f (x.c:1),g (y.c:2)$" \
	"${OUT%.csv}-lines.csv")" 1
check "modelled: one header" is "$(grep -c ^commit, "${OUT%.csv}-lines.csv")" 1
check "modelled: consoles go" [ ! -e "${OUT%.csv}-consoles" ]

: >"$scratch/ran"
sweep "$both" MODEL=ideal CPUS="1 8"
check "modelled: not again" is "$(ran)" ""
sweep "$both" MODEL=clusters CPUS=1
check "modelled: another machine is another kind" is "$(sorted)" \
	"parfork model-clusters baseline 1 1;parfork model-clusters scalable 1 1;"
: >"$scratch/ran"
sweep "$both" CPUS="1 2" REPEATS=1
check "modelled: timed points are still known" is "$(ran)" ""
sed -i '/model-ideal,scalable,8/d' "$OUT"
sweep "$both" MODEL=1 CPUS="1 8"
check "modelled: only what is lost is measured again" is "$(ran)" \
	"parfork model-ideal scalable 8 1;"
sweep VARIANTS=scalable MODEL=1 BENCH=parfork JOBS=1
check "modelled: harts to 64" is "$(cut -d , -f 3-5 "$OUT" |
	grep -c 'model-ideal,scalable,\(1\|2\|4\|8\|16\|32\|64\)$')" 7

# Two at a time: each waits for the other, on a core of its own.
fresh
: >"$scratch/cores"
for what in baseline-8 scalable-8; do
	cat >"$scratch/$what" <<-END
		: >"$scratch/met-\$variant"
		for ((i = 0; i < 100; i++)); do
			[ ! -e "$scratch/met-baseline" ] ||
				[ ! -e "$scratch/met-scalable" ] || break
			sleep 0.1
		done
		[ \$i -lt 100 ] || exit 1
	END
done
sweep "$both" MODEL=1 CPUS=8 JOBS=2
check "modelled: two at a time" is "$ended" 0
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
	check "modelled: on two cores" is \
		"$(sort -u "$scratch/cores" | wc -l)" 2
fi
rm "$scratch"/baseline-8 "$scratch"/scalable-8

# A row is written when its point ends, whatever still runs.
fresh
rm -f "$scratch/stop"
cat >"$scratch/baseline-8" <<END
for ((i = 0; i < 100; i++)); do
	[ ! -e "$scratch/stop" ] || break
	sleep 0.1
done
END
env "$both" MODEL=1 CPUS="1 8" JOBS=2 bench/sweep.sh >/dev/null 2>&1 &
for ((i = 0; i < 90; i++)); do
	[ "$(grep -c ',model-ideal,' "$OUT" 2>/dev/null)" = 3 ] && break
	sleep 0.1
done
check "modelled: rows do not wait for the longest" is "$(rows)" 3
touch "$scratch/stop"
wait $!
check "modelled: which comes last" is \
	"$(tail -n 1 "$OUT" | cut -d , -f 3-5)" model-ideal,baseline,8
rm "$scratch/baseline-8"

# Breaks are shown wherever the figures are.
fresh
echo breaks=2 >"$scratch/baseline-8"
sweep "$both" MODEL=1 CPUS="1 8"
check "modelled: breaks are in the CSV" is \
	"$(value model_breaks baseline 8 1 model-ideal)" 2
check "modelled: and in the progress" \
	shows 'baseline CPUS=8 .*\(2 breaks: not to be trusted\)' progress
check "modelled: and in the table" shows '^8 +\| +4000! ' table
check "modelled: which says what it means" \
	shows "^! breaks of the model's watchdog" table

# Points of the model that fail.
model_fails() # NAME SCRIPT
{
	fresh
	echo "$2" >"$scratch/baseline-8"
	sweep "$both" MODEL=1 CPUS=8 MODEL_LIMIT="${3:-100}"
	check "modelled, $1: row" is \
		"$(cell status baseline 8 1 model-ideal)" "${4:-failed}"
	check "modelled, $1: no numbers" is \
		"$(cell values baseline 8 1 model-ideal)" ""
	check "modelled, $1: the other goes on" is \
		"$(cell status scalable 8 1 model-ideal)" ok
	check "modelled, $1: the sweep fails" is "$ended" 1
	check "modelled, $1: below the table" shows \
		'^failed or hung: parfork \(modelled, ideal\): baseline, 8' table
}

model_fails "cycles that do not add up" 'hart=${hart/miss=10/miss=11}'
model_fails "a guest without markers" 'result=${result/ model_cycles=*/};
	result=${result/ fork_us_1_cycles=77/}'
model_fails "no region" 'echo "$result"; echo "model harts=8" >"$MODEL_REPORT"; exit'
model_fails "no report" 'echo "$result"; exit'
model_fails "a status" 'echo "$result"; exit 3'
model_fails "a hang" 'sleep 60' 2 hung
rm "$scratch/baseline-8"

# Told to stop, both stop.
fresh
for what in baseline-8 scalable-8; do
	echo "echo \$\$ >>'$scratch/pids'; sleep 60" >"$scratch/$what"
done
env "$both" MODEL=1 CPUS=8 JOBS=2 bench/sweep.sh >/dev/null 2>&1 &
for ((i = 0; i < 100; i++)); do
	[ "$(cat "$scratch/pids" 2>/dev/null | wc -l)" = 2 ] && break
	sleep 0.1
done
kill -TERM $!
ended=0
wait $! || ended=$?
check "modelled: interrupted" is "$ended" 130
check "modelled: nothing of it runs on" bash -c \
	"! kill -0 \$(cat '$scratch/pids') 2>/dev/null"
rm "$scratch"/baseline-8 "$scratch"/scalable-8

refuses "an unknown profile" 'no profile fast in .*, but ideal' \
	env MODEL=fast bench/sweep.sh
refuses "another machine than the profile's" 'no MODEL_ARGS' \
	env MODEL=1 MODEL_ARGS=miss=3 bench/sweep.sh
refuses "no jobs" 'JOBS' env MODEL=1 JOBS=0 bench/sweep.sh
refuses "nothing modelled" 'nothing to measure' \
	env MODEL=1 BENCH=plain bench/sweep.sh
mv "$scratch/timed-runner" "$RUNNER"

# The demo's comparison.
demo() # SED-EXPRESSION
{
	sed -e "$1" <<-'END' | awk -v cores=2 -f bench/sort.awk \
		-f bench/demo.awk 2>&1
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
