# shellcheck shell=bash
# For tests that type at a guest's console through a pipe, as graders do;
# source it behind harness.sh.  One guest at a time.
#
#   guest_machine SECONDS    builds the machine of VARIANT and CPUS, with a disk
#                            of its own, $FSIMG: its make's $settings; $PATIENCE
#                            is so many seconds times SLOW
#   guest_start CMD...       CMD's input is what gets typed, its output is the
#                            console: the file $console, without CRs
#   guest_type TEXT          types the bytes as printf %b makes them
#   guest_await ERE [S]      until a line that came since the last guest_type
#                            or guest_start matches, at most S seconds (20) times
#                            SLOW
#   guest_prompt [S]         until the console ends with a new "$ "
#   guest_command LINE [S]   types the line and waits for the next prompt;
#                            prints what came between
#   guest_end                kills it

console=$scratch/console
guest=
seen=0 # bytes of the console that were there at the last typing

guest_machine()
{
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
	settings=("VARIANT=${VARIANT:-scalable}" "CPUS=${CPUS:-2}")
	FSIMG=$scratch/fs.img
	PATIENCE=$(($1 * ${SLOW:-10}))
	make -s "${settings[@]}" && cp build/fs.img "$FSIMG" || exit 1
	settings+=("FSIMG=$FSIMG")
}

guest_start()
{
	rm -f "$scratch/typed"
	mkfifo "$scratch/typed"
	: >"$console"
	seen=0
	"$@" <"$scratch/typed" >"$console" 2>&1 &
	guest=$!
	exec {typing}>"$scratch/typed"
}

guest_type()
{
	seen=$(wc -c <"$console")
	# In a subshell: if the guest has gone, the signal ends only that.
	(printf '%b' "$1" >&"$typing") 2>/dev/null
}

# What has come since the last typing.
guest_news()
{
	tail -c "+$((seen + 1))" "$console" | tr -d '\r'
}

guest_until() # SECONDS CMD...
{
	local end=$((SECONDS + $1 * ${SLOW:-10}))
	shift
	until "$@"; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$guest" 2>/dev/null
		then
			# It may have come with the guest's end.
			"$@" && return
			echo "(in vain; the console ends:)"
			tail -n 15 "$console" | tr -d '\r'
			return 1
		fi
		sleep 0.03
	done
}

guest_matches()
{
	guest_news | grep -Eq -- "$1"
}

guest_await()
{
	guest_until "${2:-20}" guest_matches "$1"
}

guest_at_prompt()
{
	# The command substitution would take the last newline away.
	local news
	news=$(guest_news; echo .)
	[[ $news == *$'\n$ .' || $news == '$ .' ]]
}

guest_prompt()
{
	guest_until "${1:-20}" guest_at_prompt
}

guest_command()
{
	guest_type "$1\n"
	guest_prompt "${2:-20}" || return 1
	# Without the echo of what was typed, and the prompt.
	guest_news | sed '1d;$d'
}

guest_end()
{
	[ -z "$guest" ] || {
		kill -TERM "$guest"
		wait "$guest"
	} 2>/dev/null
	guest=
	exec {typing}>&-
	return 0
}
trap 'guest_end; rm -rf "$scratch"' EXIT
