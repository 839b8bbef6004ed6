#!/bin/bash
# Runs a guest under the coherence model.
#
#   bench/model/run.sh PROFILE REPORT QEMU-COMMAND...
#
# The QEMU command needs -m, -smp and -machine; the plugin and guest RAM that
# it can read are added.  QEMU's threads share one core of the host (MODEL_CORE=
# says which; else any one): the harts take turns anyway, and a hand-over
# between cores costs several times as much.  MODEL_ARGS="miss=40,..."
# overrides the profile; MODEL_LIMIT= is the time allowed in seconds (1800).
# The guest's console is QEMU's; the raw report goes to the file REPORT.  Ends
# with a line on the standard error and status 1 if nothing was modelled, and
# takes its QEMU with it whatever ends it.

here=$(dirname "$0")
plugin=${MODEL_PLUGIN:-build/model.so}
limit=${MODEL_LIMIT:-1800}

die()
{
	echo "model: $*" >&2
	exit 1
}

[ $# -ge 3 ] || die "usage: run.sh PROFILE REPORT QEMU-COMMAND..."
profile=$1 report=$2
shift 2
[ -r "$plugin" ] || die "no $plugin: run \`make $plugin\`"
case $report in *,*) die "the report's name must not have a comma" ;; esac
IFS=, read -ra words <<<"$MODEL_ARGS"
for word in "${words[@]}"; do
	case $word in
	?*=?*) ;;
	*) die "MODEL_ARGS: $word is not key=value" ;;
	esac
done
command -v "$1" >/dev/null || die "no $1"
"$1" -help 2>/dev/null | grep -q -- '^-plugin' ||
	die "$1 is built without plugins (./configure --enable-plugins)"

memory=
machine=
command=()
while [ $# -gt 0 ]; do
	case $1 in
	-m) memory=$2 command+=("$1" "$2") && shift ;;
	-machine) machine=$2 && shift ;;
	*) command+=("$1") ;;
	esac
	shift
done
[ -n "$memory" ] || die "the command has no -m"
[ -n "$machine" ] || die "the command has no -machine"

pin=()
if command -v taskset >/dev/null; then
	core=${MODEL_CORE:-$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')}
	pin=(taskset -c "$core")
fi

rm -f "$report"
# SIGKILL: a QEMU that waits for a hart which the model holds does not hear
# anything else.  Reports are written region by region.  timeout leads a process
# group of its own, which stop() ends as a whole.
timeout -s KILL "$limit" "${pin[@]}" "${command[@]}" \
	-machine "$machine,memory-backend=ram" \
	-object "memory-backend-memfd,id=ram,size=$memory" \
	-plugin "$plugin,profiles=$here/profiles,profile=$profile,report=$report${MODEL_ARGS:+,$MODEL_ARGS}" \
	<&0 &
child=$!
stop()
{
	kill -KILL -- -$child 2>/dev/null
	exit 1
}
trap stop TERM INT HUP
{ wait $child; } 2>/dev/null # bash tells of a killed one
status=$?
[ $status -ne 137 ] || die "killed, or stopped after $limit s"
if ! grep -qs '^region' "$report"; then
	[ $status -ne 0 ] || status=1
fi
exit $status
