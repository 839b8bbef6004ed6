#!/bin/bash
# Runs benchmarks over variants and hart counts, keeps every point in a CSV
# file, and prints the variants side by side.  Settings, with their defaults,
# come from the environment:
#
#   BENCH="..."                    names of bench/sweep.list; all of them
#   VARIANTS="eager baseline scalable"
#                                  kernels; "linux" is the image $LINUX
#   CPUS="1 2 4 8"                 hart counts
#   REPEATS=3                      boots of each point
#   MEM=                           memory of the guests; what the list says
#   OUT=results/sweep.csv
#   RETRY=1                        measure failed points again
#   LINUX=FILE                     a Linux kernel image (make bench-linux)
#   LIST=bench/sweep.list          other benchmarks
#   RUNNER=CMD                     in the place of bench/point.sh
#
# Kinds of points: "time" is measured in each repeat.  "locks", the same
# benchmark under lockstat, says where the waiting is; measuring hold times
# disturbs the rate, so it is a run of its own, once.  "boot" is the time that
# the host sees.
#
# The host drifts, so all points are measured once before any is measured
# again, and the variants of a point follow each other: what changes over the
# minutes hits all of them alike.  A row is written as soon as its point is
# done.  A sweep that was interrupted goes on where it stopped: points of the
# same commit, memory and command that the file has are not measured again.
# A point that fails or hangs has a row that says so, and its console stays in
# a directory next to the file.
#
# The CSV: above the rows of each run of this script, lines "# key: value"
# (bench/describe.sh); one header line; then one row a point:
#
#   date            when the point began, UTC
#   bench, kind, variant, harts, repeat
#   status          ok, failed or hung
#   oversubscribed  1: more harts than the host has cores, says nothing about
#                   scaling
#   cores, load     of the host; the load just before the point
#   commit          +checksum if the tree had changes on top
#   mem, args       of the guest; the command
#   values          all keys of the RESULT line, and lock.CLASS.COLUMN for
#                   kind locks: key=value, separated by blanks
#
# bench/stats.awk turns it into one line per point and key.

cd "$(dirname "$0")/.." || exit 1
drove=$(sed -n 's/^VARIANTS *:= *//p' kernel/variants.mk)
read -r -a cpus <<<"${CPUS:-1 2 4 8}"
read -r -a wanted <<<"${VARIANTS:-$drove}"
read -r -a benches <<<"$BENCH"
repeats=${REPEATS:-3}
list=${LIST:-bench/sweep.list}
memory=$MEM
out=${OUT:-results/sweep.csv}
consoles=${out%.csv}-consoles
runner=${RUNNER:-bench/point.sh}
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
header=date,bench,kind,variant,harts,repeat,status,oversubscribed,cores
header+=,load,commit,mem,args,values

unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
unset VARIANT VARIANTS CMD DEBUG FSIMG TIMEOUT CPUS MEM

say()
{
	echo "$*" >&2
}

die()
{
	say "sweep: $*"
	exit 1
}

case $repeats:${cpus[*]} in
*[!0-9\ :]* | 0* | *[:\ ]0* | : | *:)
	die "REPEATS and CPUS are numbers from 1"
	;;
esac

for harts in "${cpus[@]}"; do
	[ "$harts" -le 64 ] || die "CPUS: at most 64 harts, not $harts"
done

# --- what to measure --------------------------------------------------------

# The variant of a Linux image has its version in its name.
linux_variant()
{
	local version
	[ -n "$LINUX" ] || die "the variant linux needs LINUX=<kernel image>"
	[ -r "$LINUX" ] || die "cannot read LINUX=$LINUX"
	version=$(grep -a -o -m 1 'Linux version [0-9.]*' "$LINUX" |
		head -n 1)
	[ -n "$version" ] ||
		die "$LINUX is no uncompressed Linux image for RISC-V"
	echo "linux-${version##* }"
}

variants=()
for variant in "${wanted[@]}"; do
	case " $drove " in
	*" $variant "*) variants+=("$variant") ;;
	*)
		[ "$variant" = linux ] ||
			die "VARIANTS: no $variant, but $drove, and linux"
		variant=$(linux_variant) || exit 1
		variants+=("$variant")
		;;
	esac
done

# What was measured: the commit, and of changes on top a checksum.
commit_id()
{
	local id diff
	id=$(git rev-parse --short=10 HEAD 2>/dev/null) || {
		echo unknown
		return
	}
	diff=$(git diff HEAD -- kernel user bench/'*.[ch]' bench/linux \
		mkfs Makefile 2>/dev/null)
	[ -z "$diff" ] || id+="+$(cksum <<<"$diff" | cut -d ' ' -f 1)"
	echo "$id"
}

commit=$(commit_id)

# The list, as arrays of the same order.
names=() only=() at=() limits=() mems=() kinds=() rates=() commands=()

read_list()
{
	local line name
	while IFS= read -r line; do
		IFS=$'\t' read -r -a line <<<"$line"
		[ ${#line[@]} = 9 ] || die "$list: not 9 fields: ${line[*]}"
		names+=("${line[0]}") only+=("${line[1]}") at+=("${line[2]}")
		limits+=("${line[3]}") mems+=("${memory:-${line[4]}}")
		kinds+=("${line[5]}") rates+=("${line[6]}")
		commands+=("${line[8]//,/;}")
	done < <(awk '!/^[ \t]*(#|$)/ {
		for (i = 1; i < 9; i++) # the command may contain bars
			sub(/ +\| +/, "\t")
		print
	}' "$list")
	for name in "${benches[@]}"; do
		case " ${names[*]} " in
		*" $name "*) ;;
		*) die "BENCH: no $name, but ${names[*]}" ;;
		esac
	done
}

# Is a word wanted by a field of the list?
allowed() # WORD FIELD
{
	[[ $2 == '*' || " $2 " == *" $1 "* ]]
}

# Kinds that make sense for a variant in a repeat.
has_kind() # KIND VARIANT REPEAT
{
	case $1:$2 in
	locks:linux-* | boot:linux-*) return 1 ;;
	locks:*) [ "$3" = 1 ] ;;
	esac
}

# Calls ACTION with the index in the list, kind, variant, harts, repeat.
each_point() # ACTION
{
	local repeat harts b variant kind
	for ((repeat = 1; repeat <= repeats; repeat++)); do
		for harts in "${cpus[@]}"; do
			for b in "${!names[@]}"; do
				[ ${#benches[@]} = 0 ] || allowed \
					"${names[b]}" "${benches[*]}" ||
					continue
				allowed "$harts" "${at[b]}" || continue
				for kind in ${kinds[b]}; do
					each_variant "$1"
				done
			done
		done
	done
}

each_variant() # ACTION: the rest is each_point's
{
	for variant in "${variants[@]}"; do
		allowed "$variant" "${only[b]}" || continue
		has_kind "$kind" "$variant" "$repeat" || continue
		"$1" "$b" "$kind" "$variant" "$harts" "$repeat"
	done
}

# --- the file ---------------------------------------------------------------

last_of() # KEY: of the descriptions in the file
{
	sed -n "s/^# $1: //p" "$out" | tail -n 1
}

open_file()
{
	local machine key
	mkdir -p "$(dirname "$out")" || exit 1
	if [ ! -s "$out" ]; then
		{
			bench/describe.sh "$commit"
			echo "$header"
		} >"$out" || exit 1
		return
	fi
	grep -qxF "$header" "$out" ||
		die "$out has other columns; name another file with OUT="
	machine=$(bench/describe.sh "$commit")
	for key in cpu cores; do
		grep -qxF "# $key: $(last_of $key)" <<<"$machine" ||
			die "$out is of another machine; name another file" \
				"with OUT="
	done
	echo "$machine" >>"$out"
}

# Points in the file: known["bench,kind,variant,harts,repeat,mem,args"].
declare -A known

read_known()
{
	local id
	while IFS= read -r id; do
		known[$id]=1
	done < <(awk -F , -v commit="$commit" -v retry="${RETRY:-0}" '
		NF == 14 && $11 == commit && (!retry || $7 == "ok") {
			print $2 "," $3 "," $4 "," $5 "," $6 "," $12 "," $13
		}' "$out")
}

# --- points -----------------------------------------------------------------

todo=()
have=0
declare -A left_of spent_on done_of # by name of the benchmark, and kind

plan() # INDEX KIND VARIANT HARTS REPEAT
{
	local b=$1 id
	id=${names[b]},$2,$3,$4,$5,${mems[b]},${commands[b]}
	if [ -n "${known[$id]}" ]; then
		have=$((have + 1))
		return
	fi
	todo+=("$*")
	id=${names[b]}.$2
	left_of[$id]=$((${left_of[$id]:-0} + 1))
}

# Sets status and note; the row goes to the file.
measure() # INDEX KIND VARIANT HARTS REPEAT
{
	local b=$1 kind=$2 variant=$3 harts=$4 repeat=$5 code=0 over=0 load=
	local name=${names[$1]} mem=${mems[$1]} args=${commands[$1]}
	local values console date
	console=$consoles/$name-$kind-$variant-$harts-$repeat.log
	mkdir -p "$consoles"
	date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	# What else the host was doing shows in the load before the point.
	read -r load _ 2>/dev/null </proc/loadavg
	# In the background, so that a signal is seen at once.
	tests/bounded.sh "${limits[b]}" $runner "$kind" "$name" "$variant" \
		"$harts" "$repeat" "$mem" "${args//;/,}" \
		</dev/null >"$console" 2>&1 &
	running=$!
	wait $running || code=$?
	running=
	[ "$harts" -le "$cores" ] || over=1
	if [ $code = 124 ]; then
		status=hung
		note="hung, stopped after ${limits[b]} s; see $console"
	elif [ $code = 0 ] && values=$(awk -v kind="$kind" \
		-v bench="$(program "$b" "$kind")" -v variant="$variant" \
		-v harts="$harts" -f bench/result.awk "$console"); then
		status=ok
		note=$(headline "$b" "$values")
		rm -f "$console"
	else
		status=failed
		note="failed with status $code; see $console"
	fi
	[ $status = ok ] || values=
	printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n' "$date" "$name" \
		"$kind" "$variant" "$harts" "$repeat" "$status" "$over" \
		"$cores" "$load" "$commit" "$mem" "$args" "$values" >>"$out"
}

# The name in the RESULT line.
program() # INDEX KIND
{
	if [ "$2" = boot ]; then
		echo "${names[$1]}"
	else
		echo "${commands[$1]%% *}"
	fi
}

# The one figure to show while the sweep runs.
headline() # INDEX VALUES
{
	local key=${rates[$1]} word
	[ "$key" != - ] || key=median_s
	for word in $2; do
		[ "${word%%=*}" != "$key" ] || echo "${word#*=} $key"
	done
}

stop()
{
	[ -z "$running" ] || kill -TERM "$running" 2>/dev/null
	wait
	say "sweep: interrupted; the same command goes on from here"
	exit 130
}

clock() # SECONDS -> 2:05
{
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# Seconds that the points left will take: benchmarks take very different
# times, so each counts with its own mean once it has one.
time_left() # DONE
{
	local id sum=0 mean=$(((SECONDS - began) * 1000 / $1))
	for id in "${!left_of[@]}"; do
		if [ "${done_of[$id]:-0}" -gt 0 ]; then
			sum=$((sum + left_of[$id] * spent_on[$id] / done_of[$id]))
		else
			sum=$((sum + left_of[$id] * mean))
		fi
	done
	echo $((sum / 1000))
}

account() # INDEX KIND MILLISECONDS
{
	local id=${names[$1]}.$2
	left_of[$id]=$((left_of[$id] - 1))
	done_of[$id]=$((${done_of[$id]:-0} + 1))
	spent_on[$id]=$((${spent_on[$id]:-0} + $3))
}

now()
{
	echo $((${EPOCHREALTIME/[.,]/} / 1000)) # milliseconds
}

build()
{
	local variant
	for variant in "${variants[@]}"; do
		case $variant in
		linux-*) bench/linux/build.sh ;;
		*) make -s "VARIANT=$variant" ;;
		esac >&2 || exit 1
	done
}

running=
trap stop INT TERM HUP
read_list
[ -n "$RUNNER" ] || build
if [ -s "$out" ]; then
	# A row that was cut short is no row.
	[ -z "$(tail -c 1 "$out")" ] || sed -i '$d' "$out"
	read_known
fi
each_point plan
total=${#todo[@]}
[ $((total + have)) -gt 0 ] || die "nothing to measure with these settings"
[ "$total" = 0 ] || open_file
say "sweep: $total points to measure, $have in $out already"

bad=0
began=$SECONDS
for ((n = 1; n <= total; n++)); do
	read -r b kind variant harts repeat <<<"${todo[n - 1]}"
	start=$(now)
	measure "$b" "$kind" "$variant" "$harts" "$repeat"
	account "$b" "$kind" $(($(now) - start))
	[ "$status" = ok ] || bad=$((bad + 1))
	what=${names[b]}
	[ "$kind" != locks ] || what+=" (locks)"
	say "[$n/$total] $what $variant CPUS=$harts repeat $repeat:" \
		"${note:-done}; $(clock "$(time_left $n)") left"
done
rmdir "$consoles" 2>/dev/null

awk -f bench/stats.awk "$list" "$out" |
	awk -v "variants=${variants[*]}" -f bench/table.awk "$list" -
say "sweep: the points are in $out"
[ $bad = 0 ]
