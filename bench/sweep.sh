#!/bin/bash
# Runs parfork over hart counts and variants, keeps every point in a CSV file,
# and prints the variants side by side.  Settings, with their defaults, come
# from the environment:
#
#   CPUS="1 2 4 8"                 hart counts
#   VARIANTS="baseline scalable"   kernels; the last is compared with the first
#   REPEATS=3                      boots of each point
#   ARGS="-t 2"                    arguments of parfork
#   MEM=128M                       memory of the guest
#   LIMIT=60                       seconds after which a point counts as hung
#   OUT=results/sweep-HOST-DATE.csv
#   RETRY=1                        measure failed points again
#   RUNNER=CMD                     called as CMD VARIANT HARTS REPEAT instead
#                                  of booting; prints a console
#
# The host drifts, so all points are measured once before any is measured
# again: what changes over the minutes hits all of them alike.  A row is
# written as soon as its point is done.  A sweep that was interrupted goes on
# where it stopped: points of the same commit and settings that the file has
# are not measured again.  A point that fails or hangs has a row that says so,
# and its console stays in a directory next to the file.

cd "$(dirname "$0")/.." || exit 1
read -r -a cpus <<<"${CPUS:-1 2 4 8}"
read -r -a variants <<<"${VARIANTS:-baseline scalable}"
repeats=${REPEATS:-3}
args=${ARGS--t 2}
mem=${MEM:-128M}
limit=${LIMIT:-60}
host=$(hostname -s 2>/dev/null || uname -n)
out=${OUT:-results/sweep-$host-$(date +%Y-%m-%d).csv}
consoles=${out%.csv}-consoles
cores=$(nproc 2>/dev/null || echo 1)

# Keys of RESULT lines with a column of their own; further ones are kept as
# they are in the last column.
keys=(workers pages writes exec seconds forks forks_per_s cow_copies
	cow_upgrades zero_fills contended spins contended_all)
own=variant,cpus,repeat,status,oversubscribed,cores,commit,args,mem,load

unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
unset VARIANT CMD DEBUG FSIMG TIMEOUT CPUS MEM

say()
{
	echo "$*" >&2
}

case $repeats:$limit:${cpus[*]} in
*[!0-9\ :]* | 0:* | *:0:* | :* | *::*)
	say "sweep: REPEATS, LIMIT and CPUS are numbers from 1"
	exit 1
	;;
esac

# What was measured: the commit, and of changes on top a checksum.
commit_id()
{
	local id diff
	id=$(git rev-parse --short=10 HEAD 2>/dev/null) || {
		echo unknown
		return
	}
	diff=$(git diff HEAD -- kernel user bench mkfs Makefile 2>/dev/null)
	[ -z "$diff" ] || id+="+$(cksum <<<"$diff" | cut -d ' ' -f 1)"
	echo "$id"
}

cpu_name()
{
	sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1
}

compiler()
{
	local cc
	for cc in riscv64-unknown-elf-gcc riscv64-elf-gcc riscv64-none-elf-gcc \
		riscv64-linux-gnu-gcc riscv64-unknown-linux-gnu-gcc clang; do
		"$cc" --version 2>/dev/null | head -n 1 && return
	done
}

describe()
{
	echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
	echo "# host: $host"
	echo "# cpu: $(cpu_name)"
	echo "# cores: $cores"
	echo "# kernel: $(uname -sr)"
	echo "# qemu: $("${QEMU:-qemu-system-riscv64}" --version 2>/dev/null |
		head -n 1)"
	echo "# compiler: $(compiler)"
	echo "# commit: $commit"
}

# Commas would part columns.
cell()
{
	echo "${1//,/;}"
}

commit=$(commit_id)
args=$(cell "$args")

# --- the file ---------------------------------------------------------------

open_file()
{
	local header
	header=$own,$(IFS=,; echo "${keys[*]}"),other
	mkdir -p "$(dirname "$out")" || exit 1
	if [ ! -s "$out" ]; then
		describe >"$out" || exit 1
		echo "$header" >>"$out"
	elif ! grep -qxF "$header" "$out"; then
		say "sweep: $out has other columns; name another file with OUT="
		exit 1
	elif ! grep -qxF "# commit: $commit" "$out"; then
		describe >>"$out"
	fi
}

in_file() # VARIANT CPUS REPEAT
{
	awk -F , -v want="$1,$2,$3" -v same="$commit,$args,$mem" \
		-v retry="${RETRY:-0}" '
		$1 "," $2 "," $3 == want && $7 "," $8 "," $9 == same &&
		    (!retry || $4 == "ok") { found = 1 }
		END { exit !found }' "$out"
}

# Turns the RESULT line of a console into the columns behind our own; fails if
# there is none, or if it is not of this variant and hart count.
columns() # CONSOLE VARIANT CPUS
{
	tr -d '\r' <"$1" | awk -v keys="${keys[*]}" -v variant="$2" \
		-v harts="$3" '
		$1 == "RESULT" && $2 == "bench=parfork" {
			split("", value)
			split("", unknown)
			lines++
			n = 0
			for (i = 3; i <= NF; i++) {
				at = index($i, "=")
				if (at < 2)
					continue
				key = substr($i, 1, at - 1)
				gsub(",", ";", $i)
				value[key] = substr($i, at + 1)
				order[++n] = key
			}
		}
		END {
			if (lines != 1 || value["variant"] != variant ||
			    value["harts"] != harts || value["forks"] == "")
				exit 1
			count = split(keys, column, " ")
			for (i = 1; i <= count; i++) {
				printf ",%s", value[column[i]]
				known[column[i]] = 1
			}
			known["variant"] = known["harts"] = 1
			printf ","
			for (i = 1; i <= n; i++)
				if (!(order[i] in known)) {
					printf "%s%s=%s", blank, order[i],
					    value[order[i]]
					blank = " "
				}
			print ""
		}'
}

# --- points -----------------------------------------------------------------

boot() # VARIANT CPUS REPEAT
{
	if [ -n "$RUNNER" ]; then
		$RUNNER "$@"
	else
		make -s run "VARIANT=$1" "CPUS=$2" "MEM=$mem" \
			CMD="parfork ${args//;/,}"
	fi
}
export -f boot
export RUNNER mem args

# Sets status and note; the row goes to the file.
measure() # VARIANT CPUS REPEAT
{
	local console=$consoles/$1-$2-$3.log code=0 rest over=0
	local load=
	mkdir -p "$consoles"
	# What else the host was doing shows in the load before the point.
	read -r load _ 2>/dev/null </proc/loadavg
	# In the background, so that a signal is seen at once.
	tests/bounded.sh "$limit" bash -c 'boot "$@"' boot "$@" \
		</dev/null >"$console" 2>&1 &
	running=$!
	wait $running || code=$?
	running=
	[ "$2" -le "$cores" ] || over=1
	if [ $code = 124 ]; then
		status=hung
		note="hung, stopped after $limit s; see $console"
	elif [ $code = 0 ] && rest=$(columns "$console" "$1" "$2"); then
		status=ok
		note="$(field "$rest" forks_per_s) forks/s"
		rm -f "$console"
	else
		status=failed
		note="failed with status $code; see $console"
	fi
	[ $status = ok ] || rest=$(printf ',%.0s' "${keys[@]}"),
	echo "$1,$2,$3,$status,$over,$cores,$commit,$args,$mem,$load$rest" >>"$out"
}

field() # ",VALUE,VALUE..." KEY
{
	local i values
	IFS=, read -r -a values <<<"${1#,}"
	for i in "${!keys[@]}"; do
		[ "${keys[i]}" != "$2" ] || echo "${values[i]}"
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

running=
trap stop INT TERM HUP
open_file

todo=()
for ((repeat = 1; repeat <= repeats; repeat++)); do
	for harts in "${cpus[@]}"; do
		for variant in "${variants[@]}"; do
			in_file "$variant" "$harts" "$repeat" ||
				todo+=("$variant $harts $repeat")
		done
	done
done
total=${#todo[@]}
known=$((repeats * ${#cpus[@]} * ${#variants[@]} - total))
say "sweep: $total points to measure, $known in $out already"

if [ -z "$RUNNER" ] && [ "$total" -gt 0 ]; then
	for variant in "${variants[@]}"; do
		make -s "VARIANT=$variant" >&2 || exit 1
	done
fi

bad=0
began=$SECONDS
for ((n = 0; n < total; n++)); do
	read -r variant harts repeat <<<"${todo[n]}"
	measure "$variant" "$harts" "$repeat"
	[ "$status" = ok ] || bad=$((bad + 1))
	left=$(((SECONDS - began) * (total - n - 1) / (n + 1)))
	say "[$((n + 1))/$total] $variant CPUS=$harts repeat $repeat:" \
		"$note; $(clock $left) left"
done
rmdir "$consoles" 2>/dev/null

awk -v commit="$commit" -v args="$args" -v mem="$mem" \
	-v variants="${variants[*]}" -f bench/table.awk "$out"
say "sweep: the points are in $out"
[ $bad = 0 ]
