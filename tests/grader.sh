#!/bin/bash
# What course graders do: start `make qemu` or `make qemu-gdb` with pipes for
# the console, wait for init's line and the prompt, type commands, also many and
# early, and talk to the debugger's port.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/console.sh
guest_machine 60
settings+=("GDBPORT=$((20000 + $$ % 10000))")

start() # TARGET
{
	guest_start tests/bounded.sh $PATIENCE make -s "$1" "${settings[@]}"
}

# What commands printed, less the prompts of the lines that were typed before
# it was the shell's turn to ask.
answers()
{
	tr -d '\r' <"$console" | sed 's/^\(\$ \)*//'
}

# --- a prompt, a command, an answer -----------------------------------------

start qemu
check "init says that it starts the shell" guest_await '^init: starting sh$'
check "a prompt" guest_prompt
says "an answer" '^hello there$' guest_command 'echo hello there'
says "a pipe" '^ *1 2 4 *$' guest_command 'echo a b | wc'
says "an error" 'nonesuch' guest_command nonesuch
guest_type 'echo by return\r'
check "a carriage return ends a line, too" guest_await '^by return$'
guest_prompt >/dev/null
says "erased letters" '^typed well$' guest_command 'echo typid\x7f\x7fed well'
says "a line thrown away" '^second$' guest_command 'echo first\x15echo second'
guest_type '\x10'
check "the list of processes" guest_await '[0-9]+ +[a-z]+ +.*sh *$'

# --- typed ahead -------------------------------------------------------------

# While a program runs, lines wait for the shell, each in its turn.
ahead=
for n in {1..20}; do
	ahead+="echo line $n\n"
done
guest_type "\ngrind 1 10\n$ahead"
check "typed ahead of a program: the last" guest_await '^(\$ )*line 20$' 40
in_order()
{
	diff <(answers | grep -x 'line [0-9]*') <(seq -f 'line %.0f' "$1")
}
check "typed ahead of a program: all, in order" in_order 20
guest_prompt >/dev/null

# More than any buffer holds, at once.  What commands print mixes with the echo
# of what is typed meanwhile; so it goes to a file.
lines=$scratch/lines
for n in {1..80}; do
	printf '%d %070d\n' "$n" "$n"
done >"$lines"
guest_type "$(sed 's/.*/echo & >> pasted\\n/' "$lines")\necho all pasted\n"
check "pasted: the last line" guest_await '^(\$ )*all pasted$' 40
guest_prompt >/dev/null
all_pasted()
{
	guest_command 'cat pasted' | diff - "$lines"
}
check "pasted: all of it, in order" all_pasted
guest_end

# Before there is a kernel that could listen, and from a pipe that ends.  To a
# file, too, which is shown when nothing is left to echo.
boot_ahead()
{
	tests/bounded.sh $(($1 * ${SLOW:-10})) make -s qemu "${settings[@]}" >"$console" 2>&1 \
		< <(seq -f 'echo line %.0f >> early' 20
			printf 'cat early\npoweroff\n')
	true
}
check "typed before the boot: runs" boot_ahead 20
check "typed before the boot: all, in order" in_order 20

# --- the debugger ------------------------------------------------------------

says "the port by name" "^${settings[3]#*=}\$" \
	make -s print-gdbport "${settings[@]}"

port_open()
{
	# shellcheck disable=SC2317
	(exec 3<>"/dev/tcp/127.0.0.1/${settings[3]#*=}") 2>/dev/null
}

# The least that a remote debugger says: continue.
continue_by_hand()
{
	exec {gdb}<>"/dev/tcp/127.0.0.1/${settings[3]#*=}" || return 1
	printf '+$c#63' >&"$gdb"
	guest_prompt
}

start qemu-gdb
check "qemu-gdb: waits with an open port" guest_until 20 port_open
check "qemu-gdb: has not started" bash -c "! grep -q init: '$console'"
check "qemu-gdb: goes on when told to" continue_by_hand
says "qemu-gdb: an answer" '^hello there$' guest_command 'echo hello there'
exec {gdb}>&-
guest_end

debugger=
for name in gdb-multiarch riscv64-unknown-elf-gdb riscv64-elf-gdb; do
	command -v $name >/dev/null && debugger=$name && break
done

debug()
{
	timeout $((40 * ${SLOW:-10})) $debugger -batch -nx -x .gdbinit -ex 'break sys_uptime' \
		-ex 'break proc_fork' -ex continue -ex backtrace \
		-ex 'info symbol $pc' -ex detach </dev/null
}

if [ -n "$debugger" ]; then
	start qemu-gdb
	check "gdb: the port" guest_until 20 port_open
	says "gdb: stops at a function" '^(sys_uptime|proc_fork).* in section' debug
	check "gdb: the guest goes on without it" guest_prompt
	guest_end
else
	echo "skipped: no gdb-multiarch, so no session with it"
fi
finish
