#!/bin/bash
# Runs a command for at most so many seconds, and leaves nothing of it behind.
#
#   tests/bounded.sh SECONDS CMD [ARG]...
#
# Exit status: the command's, or 124 if its time ran out.  The command gets a
# session of its own; whatever of that session is left when the command ends,
# when its time is over or when this script is told to stop, is killed: an
# emulator does not outlive the make that started it.

limit=$1
shift

# Processes of a session, from the sixth field of /proc/PID/stat.  The second
# field is a name in brackets and may contain anything.
members() # SESSION
{
	local stat line fields
	for stat in /proc/[0-9]*/stat; do
		read -r line 2>/dev/null <"$stat" || continue
		read -r -a fields <<<"${line##*) }"
		[ "${fields[3]}" = "$1" ] && [ "${fields[0]}" != Z ] &&
			echo "${line%% *}"
	done
}

# In rounds: a look may miss a child that is just being born.
end_session()
{
	local pids round
	for round in 1 2 3 4 5; do
		pids=$(members "$session")
		[ -n "$pids" ] || break
		# shellcheck disable=SC2086
		kill -KILL $pids 2>/dev/null
		[ "$round" = 1 ] || sleep 0.05
	done
	kill "$clock" 2>/dev/null
}

# The same while its first process has not been waited for, and may not have
# got as far as having a session.
abort()
{
	{
		kill -KILL "$session"
		end_session
		wait "$session"
	} 2>/dev/null
}

# In the background of a script the new process leads no group yet, so that
# setsid makes it the session's leader without another fork.
setsid "$@" <&0 &
session=$!
sleep "$limit" >/dev/null 2>&1 &
clock=$!
trap 'abort; exit 143' TERM
trap 'abort; exit 130' INT HUP

wait -n "$session" "$clock"
if kill -0 "$clock" 2>/dev/null; then
	wait "$session"
	status=$?
	end_session
else
	status=124
	abort
fi
exit "$status"
