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
#   MODEL=PROFILE                  modelled points instead; 1: profile ideal
#   JOBS=                          modelled points at a time; the host's cores
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
# With MODEL=, points are of the kind "model-PROFILE": the list's modelled
# commands under the coherence model of bench/model, in the machine of that
# profile.  They add to the same file; what they say does not depend on the
# host, so harts go to 64 ("1 2 4 8 16 32 64"), one boot of each is enough
# (REPEATS=1), and as many points run at a time as the host has cores, each on
# a core of its own.  The model's raw report of each point is kept, compressed,
# in a directory next to the file; the lines that harts took from each other
# most go to another file next to it, with names, as long as the kernel is there
# that has them (bench/model/report.sh says what its columns are).
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
#                   kind locks: key=value, separated by blanks.  For modelled
#                   points without the keys that are in host time, and with
#                   those of bench/model/figures.awk: where the cycles went,
#                   and model_breaks, which is 0 if the figures can be trusted
#
# bench/stats.awk turns it into one line per point and key.

cd "$(dirname "$0")/.." || exit 1
drove=$(sed -n 's/^VARIANTS *:= *//p' kernel/variants.mk)
profile=$MODEL
[ "$profile" != 1 ] || profile=ideal
if [ -n "$profile" ]; then
	# Those that take longest first: the cores are done at the same time.
	read -r -a cpus < <(xargs -n 1 <<<"${CPUS:-1 2 4 8 16 32 64}" |
		sort -rn | xargs)
	repeats=${REPEATS:-1}
else
	read -r -a cpus <<<"${CPUS:-1 2 4 8}"
	repeats=${REPEATS:-3}
fi
read -r -a wanted <<<"${VARIANTS:-$drove}"
read -r -a benches <<<"$BENCH"
list=${LIST:-bench/sweep.list}
memory=$MEM
out=${OUT:-results/sweep.csv}
consoles=${out%.csv}-consoles
raws=${out%.csv}-model
lines=${out%.csv}-lines.csv
profiles=bench/model/profiles
runner=${RUNNER:-bench/point.sh}
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
header=date,bench,kind,variant,harts,repeat,status,oversubscribed,cores
header+=,load,commit,mem,args,values

unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
unset VARIANT VARIANTS CMD DEBUG FSIMG TIMEOUT CPUS MEM
unset MODEL MODEL_REPORT MODEL_CORE
export MODEL_LIMIT=${MODEL_LIMIT:-1800}

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

[ -z "$profile" ] || grep -qxF "[$profile]" $profiles ||
	die "MODEL: no profile $profile in $profiles, but" \
		"$(sed -n 's/^\[\(.*\)\]$/\1/p' $profiles | xargs)"
[ -z "$profile" ] || [ -z "$MODEL_ARGS" ] ||
	die "a modelled sweep is of a profile's machine: no MODEL_ARGS"

# The cores of the host that we may use.
own_cores()
{
	local range
	for range in $(taskset -cp $$ 2>/dev/null |
		sed 's/.*: //; s/,/ /g'); do
		seq "${range%-*}" "${range#*-}"
	done
}

jobs=1
read -r -a own <<<"$(own_cores | xargs)"
[ -z "$profile" ] || jobs=${JOBS:-$((${#own[@]} > 0 ? ${#own[@]} : cores))}
case $jobs in
'' | *[!0-9]* | 0*) die "JOBS is a number from 1" ;;
esac

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
		bench/model/profiles mkfs Makefile 2>/dev/null)
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
		[ ${#line[@]} = 10 ] || die "$list: not 10 fields: ${line[*]}"
		[ -z "$profile" ] || as_modelled
		names+=("${line[0]}") only+=("${line[1]}") at+=("${line[2]}")
		limits+=("${line[3]}") mems+=("${memory:-${line[4]}}")
		kinds+=("${line[5]}") rates+=("${line[6]}")
		commands+=("${line[9]//,/;}")
	done < <(awk '!/^[ \t]*(#|$)/ {
		for (i = 1; i < 10; i++) # the command may contain bars
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

# Turns the array line into that of a modelled benchmark; one without a modelled
# command has no kind of points.
as_modelled()
{
	line[3]=$MODEL_LIMIT
	line[5]=
	[ "${line[8]}" != - ] || return
	line[4]=${line[8]%% *} line[9]=${line[8]#* }
	line[5]=model-$profile line[6]=model_ops_per_s
}

# A word N:M/harts is N shared out over the harts, M in eager and baseline, but
# 2 at least.
command_for() # COMMAND VARIANT HARTS
{
	local word text=
	for word in $1; do
		if [[ $word =~ ^([0-9]+):([0-9]+)/harts$ ]]; then
			word=${BASH_REMATCH[1]}
			[[ $2 != eager && $2 != baseline ]] ||
				word=${BASH_REMATCH[2]}
			word=$((word / $3))
			[ $word -ge 2 ] || word=2
		fi
		text+=" $word"
	done
	echo "${text# }"
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
	locks:linux-* | boot:linux-* | model-*:linux-*) return 1 ;;
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

# Points that are being measured, by slot: their process, and what is to be
# known when it ends.
running=() points=() consoles_of=() starts=() dates=() loads=()

begin() # SLOT POINT
{
	local slot=$1 b kind variant harts repeat args stem
	read -r b kind variant harts repeat <<<"$2"
	args=${commands[b]//;/,}
	stem=$consoles/${names[b]}-$kind-$variant-$harts-$repeat
	mkdir -p "$consoles"
	points[slot]=$2 consoles_of[slot]=$stem.log
	starts[slot]=$(now) dates[slot]=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	loads[slot]=
	# What else the host was doing shows in the load before the point.
	read -r 'loads[slot]' _ 2>/dev/null </proc/loadavg
	if [[ $kind == model-* ]]; then
		args=$(command_for "$args" "$variant" "$harts")
		export MODEL_CORE=${own[slot % (${#own[@]} + !${#own[@]})]}
		export MODEL_REPORT=$stem.raw
	fi
	# In the background, so that a signal is seen at once.
	# shellcheck disable=SC2086
	tests/bounded.sh "${limits[b]}" $runner "$kind" "${names[b]}" \
		"$variant" "$harts" "$repeat" "${mems[b]}" "$args" \
		</dev/null >"$stem.log" 2>&1 &
	running[slot]=$!
}

# Of a point whose process has ended: sets status and note; the row goes to
# the file.
settle() # SLOT
{
	local slot=$1 console=${consoles_of[$1]} code=0 over=0
	local b kind variant harts repeat values=
	read -r b kind variant harts repeat <<<"${points[slot]}"
	wait "${running[slot]}" || code=$?
	running[slot]=
	[ "$harts" -le "$cores" ] || [[ $kind == model-* ]] || over=1
	if [ $code = 124 ]; then
		status=hung
		note="hung, stopped after ${limits[b]} s; see $console"
	elif [ $code = 0 ] && values=$(values_of "$b" "$kind" "$variant" \
		"$harts" "$console"); then
		status=ok
		note=$(headline "$b" "$values")
		keep "$slot"
	else
		status=failed
		note="failed with status $code; see $console"
		values=
	fi
	printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n' \
		"${dates[slot]}" "${names[b]}" "$kind" "$variant" "$harts" \
		"$repeat" "$status" "$over" "$cores" "${loads[slot]}" \
		"$commit" "${mems[b]}" "${commands[b]}" "$values" >>"$out"
}

# The last column of a point's row; fails if its output is not what it should
# be.
values_of() # INDEX KIND VARIANT HARTS CONSOLE
{
	local said
	said=$(awk -v kind="$2" -v bench="$(program "$1" "$2")" \
		-v variant="$3" -v harts="$4" -f bench/result.awk "$5") ||
		return
	printf '%s' "$said"
	[[ $2 != model-* ]] ||
		awk -v harts="$4" -f bench/model/figures.awk "${5%.log}.raw"
}

# What stays of a good point.
keep() # SLOT
{
	local stem=${consoles_of[$1]%.log} point b
	read -r b point <<<"${points[$1]}"
	if [ -e "$stem.raw" ]; then
		mkdir -p "$raws"
		gzip -9 -n <"$stem.raw" >"$raws/${stem##*/}.gz"
	fi
	if [ -s "$stem.raw.lines" ]; then
		[ -s "$lines" ] || bench/model/report.sh --header >"$lines"
		sed "s/^/$commit,${names[b]},${point// /,},/" \
			"$stem.raw.lines" >>"$lines"
	fi
	rm -f "$stem.log" "$stem.raw" "$stem.raw.lines"
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
	local key=${rates[$1]} word text=
	[ "$key" != - ] || key=median_s
	for word in $2; do
		case $word in
		"$key"=*) text=" ${word#*=} $key$text" ;;
		model_breaks=0) ;;
		model_breaks=*) text+=" (${word#*=} breaks: not to be trusted)" ;;
		esac
	done
	echo "${text# }"
}

stop()
{
	local pid
	for pid in "${running[@]}"; do
		[ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null
	done
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
	local id sum=0 mean=$(((SECONDS - began) * 1000 * jobs / $1))
	for id in "${!left_of[@]}"; do
		if [ "${done_of[$id]:-0}" -gt 0 ]; then
			sum=$((sum + left_of[$id] * spent_on[$id] / done_of[$id]))
		else
			sum=$((sum + left_of[$id] * mean))
		fi
	done
	echo $((sum / 1000 / jobs))
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
	[ -z "$profile" ] || make -s build/model.so >&2 || exit 1
}

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
ended=0
began=$SECONDS

# Settles a point that has ended, waiting for one if none has; fails if none is
# left.
settle_one()
{
	local pids=()
	for ((slot = 0; slot < jobs; slot++)); do
		[ -z "${running[slot]}" ] || pids+=("${running[slot]}")
	done
	[ ${#pids[@]} -gt 0 ] || return
	while :; do
		for ((slot = 0; slot < jobs; slot++)); do
			[ -n "${running[slot]}" ] || continue
			[ ${#pids[@]} -gt 1 ] || break 2
			kill -0 "${running[slot]}" 2>/dev/null || break 2
		done
		wait -n "${pids[@]}"
	done
	close_slot
}

# Sets slot to one that is free.
free_slot()
{
	for ((slot = 0; slot < jobs; slot++)); do
		[ -n "${running[slot]}" ] || return
	done
	settle_one
}

# Settles the slot's point and says so.
close_slot()
{
	local b kind variant harts repeat what
	read -r b kind variant harts repeat <<<"${points[slot]}"
	settle "$slot"
	ended=$((ended + 1))
	account "$b" "$kind" $(($(now) - starts[slot]))
	[ "$status" = ok ] || bad=$((bad + 1))
	what=${names[b]}
	case $kind in
	locks) what+=" (locks)" ;;
	model-*) what+=" (modelled, ${kind#model-})" ;;
	esac
	say "[$ended/$total] $what $variant CPUS=$harts repeat $repeat:" \
		"${note:-done}; $(clock "$(time_left $ended)") left"
}

for point in "${todo[@]}"; do
	free_slot
	begin "$slot" "$point"
done
while settle_one; do
	:
done
rmdir "$consoles" 2>/dev/null

awk -f bench/stats.awk "$list" "$out" |
	awk -v "variants=${variants[*]}" -f bench/table.awk "$list" -
say "sweep: the points are in $out"
[ $bad = 0 ]
