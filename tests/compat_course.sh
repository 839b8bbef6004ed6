#!/bin/bash
# What students and graders do in a course's tree, done here: all of a course's
# user/ copied over ours, `make` and `make qemu`; the files that debuggers and
# graders ask for by name; a disk that is fresh when it was removed.  The
# course's files are stand-ins (compat/course), with its names and shapes.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
. tests/console.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL WERROR
settings=("VARIANT=${VARIANT:-scalable}" "CPUS=${CPUS:-2}"
	"GDBPORT=$((20000 + $$ % 10000))")
for name in DEBUG MEM QEMU TOOLPREFIX LLVM HOSTCC; do
	[ -z "${!name}" ] || settings+=("$name=${!name}")
done
course=$PWD/tests/compat/course
tree=$scratch/tree

check "build" make -s "${settings[@]}"
[ $failed = 0 ] || finish
mkdir -p "$tree/build"
cp -a .gitignore Makefile README.md kernel user bench mkfs tests "$tree"
cp -a build/user build/mkfs "build/${VARIANT:-scalable}${DEBUG:+-debug}" \
	"$tree/build"
rm -f "$tree"/kernel/kernel "$tree"/kernel/kernel.sym "$tree"/kernel/kernel.asm
cd "$tree" || exit 1

start() # TARGET
{
	guest_start tests/bounded.sh 120 make -s "$1" "${settings[@]}"
}

boots()
{
	start qemu
	guest_await '^init: starting sh$' 60 && guest_prompt 60
}

answers() # NAME ERE LINE
{
	says "$1" "$2" guest_command "$3" 60
}

# --- a part of a program in assembler, files for the image, a helper -----------

cp "$course"/both/uthread* "$course"/both/*.txt "$course"/both/*.sh user
cat >user/helper.c <<'END'
int helper(void);

int
helper(void)
{
	return 42;
}
END
cat >user/helped.c <<'END'
#include "kernel/types.h"
#include "user/user.h"

int helper(void);

int
main(void)
{
	printf("helped: %d\n", helper());
	return 0;
}
END
check "added: builds" make -s "${settings[@]}"
run()
{
	tests/bounded.sh 60 make -s run "${settings[@]}" CMD="$1" </dev/null |
		tr -d '\r'
	return "${PIPESTATUS[0]}"
}
says "added: assembler beside a program" '^uthread: back$' run uthread
says "added: a file without main" '^helped: 42$' run helped
says "added: a text" '^a text of theirs$' run 'cat notes.txt'
says "added: a script" '^from a script$' run 'sh script.sh'
says "README" '^# Drove' run 'cat README'

# --- their user/ over ours ------------------------------------------------------

# What a tree that was built before has left in its user/ as well.
cp_user() # GENERATION
{
	cp -r "$course"/both/* "$course/$1"/* user
	rm -f user/helped.c user/helper.c
	echo junk >user/_cat
	echo junk >user/cat.o
	[ "$1" = new ] || echo junk >user/usys.S
	[ "$1" = new ] || cp tests/compat/source/lazy.c user
}

their_shell() # GENERATION
{
	cp_user "$1"
	check "$1: builds" make -s "${settings[@]}"
	check "$1: boots to its shell" boots
	answers "$1: its library" '^probe: 17 ff <1f> all there$' probe
	answers "$1: assembler" '^uthread: back$' uthread
	answers "$1: our programs have ours" \
		'^RESULT bench=parfork .* forks=4 ' 'parfork -i 2'
	[ "$1" = new ] || answers "$1: heap larger than memory" \
		'^lazy: all well$' lazy
	answers "$1: a file" '^one$' 'echo one > kept; cat kept; echo two'
	guest_end
	refuses "$1: no run without our init" 'init' \
		make -s run "${settings[@]}" CMD=probe
}
for generation in old new; do
	rm -f user/initcode.S
	their_shell $generation
done

# --- the disk -------------------------------------------------------------------

kept()
{
	boots && guest_command 'cat kept' 60
	guest_end
}
says "disk: keeps a file" '^one$' kept
rm fs.img
says "disk: is fresh when removed" 'kept' kept
check "disk: holds nothing of it" bash -c "! grep -qx one '$console'"
rm fs.img
check "make fs.img: makes it" make -s fs.img "${settings[@]}"
check "make fs.img: is the disk" cmp fs.img build/fs.img

# --- by the names of graders and debuggers ----------------------------------------

for file in kernel/kernel kernel/kernel.sym kernel/kernel.asm; do
	check "make $file" make -s $file "${settings[@]}"
	check "$file: is there" test -s $file
done
check "kernel/kernel: what boots" cmp kernel/kernel \
	"build/${VARIANT:-scalable}${DEBUG:+-debug}/kernel.elf"
says "kernel.asm: has the code" '<sys_sleep>:$' cat kernel/kernel.asm
for name in sys_sleep sys_pause sys_fork sys_sbrk syscall; do
	says "kernel.sym: $name" "^[0-9a-f]{16} $name\$" cat kernel/kernel.sym
done

# The least of the debugger's protocol: acknowledge, a breakpoint at a symbol,
# continue; true once the guest has stopped there.
packet()
{
	printf '+$%s#%02x' "$1" $(($(printf %s "$1" | od -An -v -tu1 |
		tr -s ' \n' '+' | sed 's/^+//; s/+$//') & 255)) >&"$gdb"
}

port_open()
{
	(exec 3<>"/dev/tcp/127.0.0.1/${settings[2]#*=}") 2>/dev/null
}

stops_at() # SYMBOL COMMAND
{
	local address reply
	address=$(awk -v s="$1" '$2 == s { print $1 }' kernel/kernel.sym)
	start qemu-gdb
	guest_until 60 port_open || return 1
	exec {gdb}<>"/dev/tcp/127.0.0.1/${settings[2]#*=}"
	packet "Z1,$address,4"
	packet c
	guest_prompt 60 || return 1
	guest_type "$2\n"
	while IFS= read -r -d '#' -t 60 reply <&"$gdb"; do
		[[ $reply != *'$T'* ]] || break
	done
	exec {gdb}>&-
	[[ $reply == *'$T'* ]]
}

cat >user/napper.c <<'END'
#include "kernel/types.h"
#include "user/user.h"

int
main(void)
{
	pause(1);
	exit(0);
}
END
for name in sys_sleep sys_pause; do
	check "breakpoint: $name" stops_at $name napper
	guest_end
done

refuses "make grade: says what is missing" 'grade-lab' \
	make -s grade "${settings[@]}"
mkdir -p conf
echo LAB=cow >conf/lab.mk
printf '#!/bin/sh\necho "graded with $*"; test ! -e fs.img\n' >grade-lab-cow
printf '#!/bin/sh\nexit 1\n' >grade-lab-aaa
chmod +x grade-lab-*
says "make grade: the lab's grader, on a fresh disk" '^graded with -v$' \
	make -s grade GRADEFLAGS=-v "${settings[@]}"

git init -q .
for file in build/x fs.img kernel/kernel kernel/kernel.sym kernel/kernel.asm \
	.gdbinit xv6.out __pycache__/x; do
	check "git: ignores $file" git check-ignore -q $file
done
check "git: ignores no source" \
	bash -c '! git check-ignore -q kernel/kernel.ld user/sh.c'
check "make clean" make -s clean
check "make clean: nothing is left" bash -c \
	'! ls -d build fs.img kernel/kernel kernel/kernel.* .gdbinit | grep -v "kernel.ld"'
finish
