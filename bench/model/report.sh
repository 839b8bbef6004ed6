#!/bin/bash
# Tells what harts share, line by line, from the raw report of the coherence
# model (its records: report.c).
#
#   bench/model/report.sh RAW KERNEL.ELF [PROGRAM]
#       in words.  KERNEL.ELF and the user program's file give the names; what
#       is missing for them is said, and numbers are shown instead.
#   bench/model/report.sh --csv RAW KERNEL.ELF [PROGRAM]
#       the hottest lines as rows of a file next to a sweep's CSV; --header
#       prints its first line.  Its columns, behind those of the point:
#       rank, object (as ".field" of "name[number]"), class (the same without
#       numbers), transfers, cycles and queue (of those cycles, waiting behind
#       other harts), each per operation, sharers (how many harts), and the
#       two that met most often: taker and holder, the functions
#   bench/model/report.sh --boot
#       boots a benchmark first (make model-report): CMD="parfork -i 40",
#       VARIANT=scalable, CPUS=8, MEM=512M, MODEL=ideal; MODEL_REPORT= keeps
#       the raw report
#
# LINES=20 is how many lines are shown; GDB= names another debugger.

here=$(dirname "$0")
lines=${LINES:-20}

die()
{
	echo "model-report: $*" >&2
	exit 1
}

# The first of the toolchains' programs of that name.
tool() # NAME
{
	local prefix
	for prefix in "$TOOLPREFIX" riscv64-unknown-elf- riscv64-elf- \
		riscv64-none-elf- riscv64-linux-gnu- \
		riscv64-unknown-linux-gnu- llvm-; do
		[ -n "$prefix" ] && command -v "$prefix$1" && return
	done
	return 1
}

debugger()
{
	local gdb
	for gdb in ${GDB:-gdb-multiarch riscv64-unknown-elf-gdb \
		riscv64-elf-gdb}; do
		command -v "$gdb" && return
	done
	return 1
}

# Notes are for people, not for rows.
note()
{
	[ "$form" = csv ] || echo "($*)"
}

# --- names

# The functions of addresses that match ERE, out of a program's file.
functions() # ERE ELF
{
	local addresses find
	addresses=$(awk -F '\t' '$1 == "pair" { print $3; print $4 }' \
		"$scratch/hot" | grep -E "$1" | sort -u)
	[ -n "$addresses" ] || return
	if [ ! -r "$2" ]; then
		note "no ${2:-program given}: its code is shown by address"
	elif ! find=$(tool addr2line); then
		note "no riscv64-*-addr2line: code is shown by address"
	else
		xargs "$find" -a -f -i -e "$2" <<<"$addresses" |
			awk -f "$here/functions.awk" >>"$scratch/functions"
	fi
}

# The fields of objects: what has to be known, and what GDB says of it.
fields() # KERNEL
{
	local nm gdb
	if [ -r "$1" ] && nm=$(tool nm); then
		"$nm" -n "$1" >"$scratch/symbols"
	fi
	awk -v OFS=' ' -f "$here/address.awk" -f "$here/queries.awk" \
		"$scratch/symbols" "$scratch/hot" | sort -u >"$scratch/queries"
	[ -s "$scratch/queries" ] && [ -r "$1" ] || return
	gdb=$(debugger) || {
		note "no gdb-multiarch (.ci/setup --debug installs it):" \
			"fields are shown by offset"
		return
	}
	cut -d ' ' -f 1-3 "$scratch/queries" | sort -u >"$scratch/asked"
	QUERIES=$scratch/asked ANSWERS=$scratch/answers \
		"$gdb" -nx -batch -x "$here/fields.py" "$1" \
		>"$scratch/said" 2>&1
	[ -s "$scratch/answers" ] ||
		note "GDB cannot read the types of $1: fields are shown by" \
			"offset"
}

resolve() # RAW KERNEL PROGRAM -> $scratch/named
{
	local file
	[ -r "$1" ] || die "no report $1"
	for file in functions symbols queries answers; do
		: >"$scratch/$file"
	done
	awk -v top="$lines" -v pairs=4 -f "$here/../sort.awk" \
		-f "$here/hottest.awk" "$1" >"$scratch/hot" || die "$1 has no region of the model"
	functions '^0xf' "$2"
	functions '^0x[0-9a-f]{1,15}$' "$3"
	fields "$2"
	awk -f "$here/../sort.awk" -f "$here/address.awk" \
		-f "$here/names.awk" "$scratch/functions" "$scratch/queries" \
		"$scratch/answers" "$scratch/hot" >"$scratch/named"
}

# --- booting

boot()
{
	local command=${CMD:-parfork -i 40} profile=${MODEL:-ideal} log
	local variant=${VARIANT:-scalable} raw=${MODEL_REPORT:-$scratch/raw}
	[ "$profile" != 1 ] || profile=ideal
	log=$scratch/console
	grep -qxF "[$profile]" "$here/profiles" ||
		die "no profile $profile in $here/profiles"
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS
	make -s run "VARIANT=$variant" "CPUS=${CPUS:-8}" "MEM=${MEM:-512M}" \
		"MODEL=$profile" "MODEL_REPORT=$raw" "CMD=$command" \
		>"$log" 2>&1 || {
		grep -v '^make' "$log" | tail -n 1 >&2
		exit 1
	}
	echo "What harts share: $command, variant $variant"
	tell "$raw" "build/$variant/kernel.elf" \
		"build/user/bin/${command%% *}"
}

tell() # RAW KERNEL PROGRAM
{
	resolve "$@" >"$scratch/notes"
	awk -f "$here/../sort.awk" -f "$here/tell.awk" "$scratch/named" || exit
	cat "$scratch/notes"
}

form=text
case $1 in
--csv | --header | --boot) form=${1#--} && shift ;;
esac
case $form:$# in
header:0 | boot:0 | csv:[23] | text:[23]) ;;
*) die "usage: report.sh [--csv] RAW KERNEL.ELF [PROGRAM]" ;;
esac
case $lines in
'' | *[!0-9]* | 0*) die "LINES is a number from 1" ;;
esac
scratch=$(mktemp -d "${TMPDIR:-/tmp}/drove-lines.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

case $form in
header)
	columns=commit,bench,kind,variant,harts,repeat,rank,object,class
	echo $columns,transfers,cycles,queue,sharers,taker,holder
	;;
csv)
	resolve "$@"
	awk -f "$here/rows.awk" "$scratch/named"
	;;
text) tell "$@" ;;
boot) boot ;;
esac
