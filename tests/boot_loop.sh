#!/bin/bash
# Boots to the shell's prompt again and again, and types a command each time.
#
#   tests/boot_loop.sh [BOOTS]
#
# Prints the time of each boot, from the start of the emulator to the prompt,
# then the median.  A boot that does not reach the prompt, or does not answer,
# within PATIENCE seconds ends the loop with the console so far.

. "$(dirname "$0")/qemu.sh"
boots=${1:-20}
PATIENCE=${PATIENCE:-$((15 * ${SLOW:-10}))}
qemu_command

now()
{
	echo $((${EPOCHREALTIME/[.,]/} / 1000)) # milliseconds
}

# Reads the console of the coprocess into $console until it ends with "$ " at
# the start of a line.
await_prompt()
{
	local part
	while IFS= read -r -d '$' -t "$PATIENCE" -u "$out" part; do
		console+=${part//$'\r'/}
		IFS= read -r -N 1 -t "$PATIENCE" -u "$out" part || return 1
		[ "$part" = ' ' ] && [ "${console: -1}" = $'\n' ] && return
		console+="\$$part"
	done
	console+=$part
	return 1
}

# In: milliseconds of the boot.
answer_hello()
{
	local before=${#console}
	echo 'echo hello' >&"$in"
	console+='$ '
	await_prompt || return 1
	# The console echoes what is typed; the answer has its own line.
	[[ ${console:before} == *$'\nhello\n'* ]]
}

one_boot() # NUMBER
{
	local start out in pid ok=no time
	console=
	start=$(now)
	coproc GUEST { exec "${qemu[@]}" 2>&1; }
	out=${GUEST[0]} in=${GUEST[1]} pid=$GUEST_PID
	if await_prompt; then
		time=$(($(now) - start))
		answer_hello && ok=yes
	fi
	kill -KILL "$pid"
	wait "$pid"
	if [ $ok = no ]; then
		echo "boot $1: no answer; the console:"
		echo "$console"
		return 1
	fi
	echo "boot $1: $time ms"
	times+=("$time")
} 2>/dev/null

times=()
for ((n = 1; n <= boots; n++)); do
	one_boot $n || break
done
sorted=$(printf '%s\n' "${times[@]}" | sort -n)
median=$(sed -n "$(((${#times[@]} + 1) / 2))p" <<<"$sorted")
echo "${#times[@]} of $boots boots, median ${median:-none} ms," \
	"longest $(tail -n 1 <<<"$sorted") ms"
[ "${#times[@]}" = "$boots" ]
