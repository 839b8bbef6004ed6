# shellcheck shell=bash
# shellcheck disable=SC2154
# What a boot of tests/soak.sh may do; source it there.
#
# job_NAME runs with VARIANT, CPUS, MEM and DEBUG set, $seed and draw() for
# further choices, $work for its files and $log for the console.  It prints
# what is wrong, if anything is, and notes what it did with `tally`.
#
# A guest hangs if its console is silent for QUIET seconds: whatever runs here
# says something several times in that, were the host ten times slower.  Where
# its harts are then is in the log.

# What is listed more often is chosen more often.
# shellcheck disable=SC2034
jobs=(usertests cases cases grind calls calls_hungry elf image stress stress
	stress_hungry bench bench cuts cuts poweroff)
QUIET=${QUIET:-$((300 * ${SLOW:-1}))}
FSCK=${FSCK:-build/fsck}
IMAGE=${IMAGE:-build/fs.img}
CUT_BEFORE=${CUT_BEFORE:-8000} # ms after work has begun
export SLOW=${SLOW:-10} # for the scripts run here

tally() # NAME NUMBER
{
	echo "$1=$2" >>"$work/counts"
}

# --- booting ------------------------------------------------------------------

# The disk of this boot, as built.
new_disk()
{
	# shellcheck disable=SC2034
	FSIMG=$work/disk.img KEEP=yes
	cp "$IMAGE" "$FSIMG"
}

# Has the console say which processes there are (^P), and QEMU's monitor,
# three times, in which functions the harts are.
diagnose()
{
	local i kernel=build/$VARIANT${DEBUG:+-debug}/kernel.elf
	# In a subshell: should the guest be gone, the signal ends only that.
	(
		printf '\020'
		sleep 2
		for i in 1 2 3; do
			printf '\001cinfo registers -a\n'
			sleep 1
			printf '\001c'
		done
	) >&"$typing"
	sleep 1
	sed -n 's/^ pc  *\([0-9a-f]*\).*/\1/p' "$raw" >"$work/pcs"
	while read -r i; do
		echo "hang: pc $i $({ llvm-symbolizer "--obj=$kernel" "0x$i" ||
			addr2line -fe "$kernel" "0x$i"
		} 2>/dev/null | head -n 2 | tr '\n' ' ')"
	done <"$work/pcs" >>"$log"
}

end_guest()
{
	kill -KILL "$qemu_pid"
	wait "$qemu_pid"
} 2>/dev/null

# True until the guest has ended, or has hung and been ended.
goes_on()
{
	local size
	sleep 0.2
	kill -0 "$qemu_pid" 2>/dev/null || return
	size=$(stat -c %s "$raw")
	if [ "$size" != "$last_size" ]; then
		last_size=$size last_news=$SECONDS
	elif [ $((SECONDS - last_news)) -ge "$QUIET" ]; then
		diagnose
		end_guest
		hung=yes
		return 1
	fi
}

start_guest() # CMD
{
	local qemu
	qemu_command "-- $1"
	echo "# ${qemu[*]}" >>"$log"
	raw=$work/raw
	[ -e "$work/typed" ] || mkfifo "$work/typed"
	"${qemu[@]}" <"$work/typed" >"$raw" 2>&1 &
	qemu_pid=$!
	exec {typing}>"$work/typed"
	hung=no last_size=0 last_news=$SECONDS
	tally boots 1
}

# Leaves the console of the guest that has ended in $work/console too.
close_guest()
{
	qemu_pid=
	exec {typing}>&-
	tr -d '\r' <"$raw" | tee "$work/console" >>"$log"
}

# Runs a command line in the guest; false, after a word about it, unless all is
# well and the console has each of the lines expected.
guest() # CMD [ERE]...
{
	local status=0 expected
	start_guest "$1"
	shift
	while goes_on; do
		:
	done
	wait "$qemu_pid" 2>/dev/null || status=$?
	close_guest
	sane "$status" || return
	for expected; do
		grep -aEq -- "$expected" "$work/console" || {
			echo "no line matches $expected"
			return 1
		}
	done
}

# The console of any guest: no panic, no complaint of a fuzzer or an audit.
sane() # STATUS
{
	if [ "$hung" = yes ]; then
		echo "hung"
	elif grep -aE 'panic|BROKEN' "$work/console" | head -n 1 | grep .; then
		:
	elif grep -aE '^audit: ' "$work/console" | grep -Ev 'clean|ok' |
		head -n 1 | grep .; then
		:
	elif [ "$1" != 0 ]; then
		echo "exit status $1"
	else
		return 0
	fi
	return 1
}

# Nobody but who was out of memory died of a fault.
no_fault()
{
	! grep -aE ': killed$' "$work/console" | grep -v 'out of memory' |
		head -n 1 | grep .
}

fsck_clean() # [OPTION]
{
	local said
	said=$($FSCK "$@" "$FSIMG" 2>&1) && return
	cp "$FSIMG" "$work/unclean.img"
	echo "fsck: $(head -n 3 <<<"$said" | tr '\n' ' ')"
	return 1
}

# Notes the NAME=NUMBER words that the console's last line of that kind has.
tally_words() # BEGINNING NAME...
{
	local line name
	line=$(grep -a "^$1" "$work/console" | tail -n 1)
	shift
	for name; do
		[[ " $line " =~ \ $name=([0-9]+)\  ]] &&
			tally "$name" "${BASH_REMATCH[1]}"
	done
}

# --- tests --------------------------------------------------------------------

job_usertests()
{
	new_disk
	guest "usertests -q" '^ALL TESTS PASSED' && fsck_clean
	tally cases "$(grep -ac ': OK' "$work/console")"
}

# Some cases, slow ones too, in any order.
job_cases()
{
	local all some='' i
	mapfile -t all < <(sed -n 's/^ *{"\([A-Za-z0-9_]*\)", [a-z0-9A-Z_]*, [01]},$/\1/p' \
		user/usertests/*.c)
	for i in 1 2 3 4 5; do
		draw ${#all[@]}
		some+=" ${all[drawn]}"
	done
	new_disk
	guest "usertests$some" '^ALL TESTS PASSED' && fsck_clean
	tally cases 5
}

job_grind()
{
	draw 1500
	new_disk
	guest "grind $seed $((300 + drawn)) && echo audit > /dev/memstat" \
		'^grind: done$' && fsck_clean
	tally operations $((2 * (300 + drawn)))
}

# A benchmark while the kernel is audited all the time.
job_bench()
{
	local benches=("parfork -t 4" "parfork -e -t 4 -p 64" "parwrite -t 4"
		"forkexec -t 4" "forktree -t 4" "pagefault -t 4"
		"countbench -t 4" "lockbench -t 0.5" "forklat -m 4 -i 5")
	draw ${#benches[@]}
	local bench=${benches[drawn]}
	new_disk
	# In a shell of its own: no benchmark is to wait for it.
	guest "(stress -s $seed -w 0 -t 6000 &); $bench" \
		"^RESULT bench=${bench%% *}" && no_fault
	tally benchmarks 1
}

# --- fuzzers ------------------------------------------------------------------

job_calls()
{
	draw 15
	new_disk
	guest "fuzz -s $seed -t $((5 + drawn))${1:+ $1}" '^FUZZ OK' &&
		fsck_clean
	tally_words FUZZ calls killed
}

job_calls_hungry()
{
	job_calls -m
}

# The fuzzers that are scripts of their own, and judge themselves.
fuzzer() # LIMIT SCRIPT ARGS...
{
	local limit=$1 status=0
	shift
	tests/bounded.sh $((limit * SLOW)) "$@" >>"$log" 2>&1 &
	qemu_pid=$!
	trap 'kill -TERM $qemu_pid; wait $qemu_pid; exit 143' TERM
	wait "$qemu_pid" || status=$?
	qemu_pid=
	[ $status = 0 ] || {
		grep -a -m 1 FAILED "$log" || echo "exit status $status"
	}
}

job_elf()
{
	fuzzer 600 tests/fuzz_elf.sh -s "$seed" -n 300
	tally programs 300
	tally boots 1
}

job_image()
{
	fuzzer 1200 tests/fuzz_image.sh -s "$seed" -n 10
	tally images "$(sed -n 's/^images: //p' "$log" | tr -c '0-9\n' ' ' |
		awk '{ n = $1 + $2 + $3 } END { print n + 0 }')"
	tally boots "$(sed -n 's/^images: //p' "$log" | tr -c '0-9\n' ' ' |
		awk '{ n = $1 + $2 + $3 } END { print n + 0 }')"
}

# --- stress -------------------------------------------------------------------

stress_counts()
{
	tally_words STRESS steps forks execs pipes files moves kills audits \
		syncs refused died resumed
}

job_stress()
{
	draw 30
	new_disk
	guest "stress -s $seed -t $((10 + drawn))${1:+ $1}" '^STRESS OK' &&
		no_fault && fsck_clean
	stress_counts
}

job_stress_hungry()
{
	job_stress -m
}

# --- power --------------------------------------------------------------------

# Boots, and kills the machine so long after a line that matches, or after it
# was switched on.
cut_guest() # CMD MILLISECONDS ERE
{
	start_guest "$1"
	until grep -aEq -- "$3" "$raw"; do
		goes_on || break
	done
	sleep "$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))"
	end_guest
	close_guest
	tally cuts 1
	# A kernel that found something wrong before has said so.
	sane 0
}

# What has been synced, by slot, as arguments: a cut may not take it away.
synced_slots()
{
	sed -n 's/^<synced \([0-9]*\) \([0-9]*\)>$/\1 \2/p' "$log" |
		awk '{ done[$1] = $2 } END { for (s in done)
			printf " %d=%d", s, done[s] }'
}

# What a disk must hold after any number of cuts: all is sound when the log has
# been replayed, by fsck as by the kernel, and the files are what some number
# of the operations made them.
job_cuts()
{
	local n cuts more ms synced=
	draw 4
	cuts=$((2 + drawn))
	draw 3
	more=$([ "$drawn" != 0 ] || echo "(grind $seed &); ")
	draw 12
	local files="stress -s $seed -w $((1 + drawn))"
	new_disk
	: >"$log"
	for ((n = 1; n <= cuts; n++)); do
		draw "$CUT_BEFORE"
		ms=$drawn
		draw 4
		if [ "$drawn" = 0 ]; then
			# While it boots and recovers, perhaps.
			cut_guest "$more$files -k -t 6000$synced" $((ms / 8)) \
				'' || return
		else
			cut_guest "$more$files -k -t 6000$synced" "$ms" \
				'^stress: seed' || return
		fi
		cp "$FSIMG" "$work/cut$n.img"
		fsck_clean -m || return
		synced=$(synced_slots)
	done
	guest "$files -c$synced" '^STRESS OK' && no_fault && fsck_clean
	stress_counts
}

# The guest's own way out, in the midst of work.
job_poweroff()
{
	local n times synced=
	draw 3
	times=$((1 + drawn))
	draw 12
	local files="stress -s $seed -w $((1 + drawn))"
	new_disk
	for ((n = 1; n <= times; n++)); do
		draw 60
		guest "$files -k -o $((5 + drawn))$synced" && no_fault || return
		tally poweroffs 1
		synced=$(synced_slots)
		cp "$FSIMG" "$work/off$n.img"
		fsck_clean -m || return
	done
	guest "$files -c$synced" '^STRESS OK' && no_fault && fsck_clean
	stress_counts
}
