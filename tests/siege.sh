#!/bin/bash
# Programs that would take the machine away from whoever sits at the console:
# all processes, all memory, init itself.  Typing must end them.
#
#   tests/siege.sh      VARIANT and CPUS from the environment

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/console.sh
guest_machine 30
guest_start tests/bounded.sh $((4 * PATIENCE)) make -s qemu "${settings[@]}"
check "a prompt" guest_prompt $PATIENCE

# The number of the job that a program of that name belongs to, from ^P.
job_of() # NAME
{
	guest_type '\x10'
	guest_await " $1\$" $PATIENCE >&2 || return
	guest_news | awk -v name="$1" '$NF == name { print $2; exit }'
}

says "init cannot be killed" 'no process 1$' guest_command 'kill 1' $PATIENCE

guest_type 'forkbomb &\n'
check "a fork bomb takes every process" \
	guest_await 'no process is left' $PATIENCE
job=$(job_of forkbomb)
says "the shell can still start a program" '^ *1 1 6 *$' \
	guest_command 'echo alive | wc' $PATIENCE
check "the bomb has a job" [ "${job:-0}" -gt 1 ]
says "kill ends it" '^ended$' guest_command "kill -$job && echo ended" $PATIENCE
says "nothing is left of it" "no process -$job\$" \
	guest_command "wait; kill -$job" $PATIENCE
says "no page either" '^clean$' \
	guest_command 'echo audit > /dev/memstat && echo clean' $PATIENCE

# A shell that ends at once is not started again and again.
guest_command 'rm /sh && ln /echo /sh' $PATIENCE >/dev/null
guest_type 'exit\n'
check "another shell is started" guest_await '^init: starting sh$' $PATIENCE
sleep 3
started=$(guest_news | grep -c '^init: starting sh$')
check "a few times in three seconds, not more ($started)" [ "$started" -le 8 ]
guest_end
finish
