#!/bin/bash
# tests/soak.sh itself, with an emulator that only pretends: the same seed plans
# the same boots, every way in which a boot can fail is counted and kept, and
# what was done is summed up.

cd "$(dirname "$0")/.." || exit 1
. tests/harness.sh
unset VARIANT CPUS MEM DEBUG JOB SLOW QUIET

# The repository's files that soak.sh uses, with nothing built and a make that
# builds nothing.
tree=$scratch/tree
mkdir -p "$tree/tests" "$tree/bin" "$tree/user"
cp -r tests/soak* tests/qemu.sh tests/bounded.sh "$tree/tests"
cp -r user/usertests "$tree/user"
printf '#!/bin/sh\n' >"$tree/bin/make"
cat >"$tree/bin/fsck" <<'END'
#!/bin/sh
for file; do :; done
! grep -q damaged "$file" || { echo "block 7 is damaged"; exit 1; }
END
# Does what the file `guest` says, with the image and the command line.
cat >"$tree/bin/qemu" <<'END'
#!/bin/bash
for word; do
	case $word in
	file=*) image=${word#file=} image=${image%%,*} ;;
	esac
done
echo "asked: $word"
. "$scratch/guest"
END
chmod +x "$tree"/bin/*
echo good >"$scratch/image"
export scratch QEMU=$tree/bin/qemu FSCK=$tree/bin/fsck IMAGE=$scratch/image
PATH=$tree/bin:$PATH

guest() # SCRIPT
{
	echo "$1" >"$scratch/guest"
}

soak() # [NAME=VALUE]... ARGS: output in $scratch/said, status in ended
{
	local settings=()
	while [[ $1 == [A-Z]*=* ]]; do
		settings+=("$1")
		shift
	done
	ended=0
	rm -rf "$tree/build"
	env "${settings[@]}" "$tree/tests/soak.sh" "$@" \
		>"$scratch/said" 2>&1 || ended=$?
}

said()
{
	grep -Eq -- "$1" "$scratch/said" || {
		cat "$scratch/said"
		return 1
	}
}

ends() # LINE STATUS
{
	[ "$(tail -n 1 "$scratch/said")" = "$1" ] && [ "$ended" = "$2" ] || {
		cat "$scratch/said"
		return 1
	}
}

kept() # FILE ERE
{
	grep -Eq -- "$2" "$tree/build/soak/$1" || {
		ls -R "$tree/build"
		return 1
	}
}

# --- plans --------------------------------------------------------------------

soak -s 7 -n 300 -p
cp "$scratch/said" "$scratch/plan"
soak -s 7 -n 300 -p
check "the same seed plans the same" cmp "$scratch/said" "$scratch/plan"
check "as many as asked for" [ "$(wc -l <"$scratch/plan")" = 300 ]
for what in eager baseline scalable debug release '1 harts' '2 harts' \
	'8 harts' '32 harts' usertests cases grind calls calls_hungry elf \
	image stress stress_hungry bench cuts poweroff; do
	check "plans have $what" said " $what[ ,]"
done
check "memory from 64M to 1G" [ "$(awk '{ m = $NF + 0 }
	m < 64 || m > 1023' "$scratch/plan" | wc -l)" = 0 ]
soak -s 7 -b 41 -p
check "one boot by its number" [ "$(cat "$scratch/said")" = \
	"$(sed -n 41p "$scratch/plan")" ]
soak -s 8 -n 300 -p
check "another seed, other plans" \
	bash -c "! cmp -s '$scratch/said' '$scratch/plan'"
soak VARIANT=eager CPUS=2 DEBUG=1 MEM=96M JOB=grind -s 7 -n 9 -p
check "narrowed" [ "$(grep -c 'grind seed .* eager, 2 harts, debug, 96M$' \
	"$scratch/said")" = 9 ]
soak DEBUG= -s 7 -n 20 -p
check "release only" [ "$(grep -c release "$scratch/said")" = 20 ]
refuses "bad hours" '^usage' "$tree/tests/soak.sh" -t x
refuses "bad jobs" '^usage' "$tree/tests/soak.sh" -j 0

# --- boots that end -----------------------------------------------------------

guest 'echo "case: OK"; echo "ALL TESTS PASSED"'
soak JOB=usertests -s 1 -n 3
check "all is well" ends "3 boots, 0 failed" 0
check "counted" said '^all .* 3 +0 .* boots=3 cases=3$'
check "good boots leave nothing" [ ! -e "$tree/build/soak/1-2" ]
soak JOB=usertests -s 1 -n 4 -j 2
check "two at a time" ends "4 boots, 0 failed" 0
soak JOB=usertests -s 1 -t 0.0000001
check "time is over" ends "0 boots, 0 failed" 0

ok='echo "stress: seed"; echo "STRESS OK steps=12 forks=30 audits=2 broken=0"'
guest "$ok"
soak JOB=stress -s 1 -n 2
check "what was done" said '^all .* steps=24 forks=60 audits=4$'
check "it is no fault" ends "2 boots, 0 failed" 0

guest 'echo "ALL TESTS PASSED"
case $image in */1-2/*) echo "panic: at the disk"; exit 3 ;; esac'
soak JOB=usertests VARIANT=eager -s 1 -n 3
check "one of three fails" ends "3 boots, 1 failed" 1
check "it is named at once" said '^FAILED 2: usertests .*panic: at the disk'
check "and in the table" said '^found in boot 2: .*panic: at the disk'
check "and counted" said '^all .* 3 +1 '
check "its log is kept" kept 1-2/log '^panic: at the disk'
check "its disk is kept" kept 1-2/disk.img good
check "the command too" kept 1-2/what \
	"^again: VARIANT='eager' JOB='usertests' tests/soak.sh -s 1 -b 2$"
check "the others go" [ ! -e "$tree/build/soak/1-1" ]
again=$(sed -n 's/^again: //p' "$tree/build/soak/1-2/what")
ended=0
bash -c "cd '$tree' && $again" >"$scratch/said" 2>&1 || ended=$?
check "which fails again" ends "1 boots, 1 failed" 1

fails() # NAME JOB GUEST ERE
{
	guest "$3"
	soak QUIET=1 CUT_BEFORE=99 "JOB=$2" -s 1 -n 1
	check "$1: counted" ends "1 boots, 1 failed" 1
	check "$1: called so" said "^FAILED .*: .*$4"
}

fails "exit status" stress "$ok; exit 9" 'exit status 9'
fails "missing line" stress 'echo STRESS' 'no line matches \^STRESS OK'
fails "audit" stress "$ok; echo 'audit: 3 pages are wrong'" 'audit: 3 pages'
fails "fault" stress "echo '5 sh: load, address 0: killed'; $ok" 'killed'
fails "unclean disk" stress "$ok; echo damaged >>\$image" 'fsck: block 7'
fails "hang" stress 'echo last words; exec sleep 60' 'hung'
check "a hang's console is kept" kept 1-1/log '^last words'
fails "unclean after a cut" cuts "echo 'stress: seed'
	echo damaged >>\$image; exec sleep 60" 'fsck: block 7'
check "the disk as it was then" kept 1-1/unclean.img damaged
fails "files lost in a cut" cuts 'echo "<synced 3 17>"; echo "stress: seed"
	[[ $word == *" -c"* ]] || exec sleep 60
	echo STRESS FAILED; exit 1' 'exit status 1'
check "what was synced must be there" kept 1-1/log '^asked: .* -c 3=17$'

guest "$ok; [[ \$word == *' -c'* ]] || exec sleep 60"
soak CUT_BEFORE=99 JOB=cuts -s 1 -n 1
check "cuts" ends "1 boots, 0 failed" 0
check "are counted" said '^all .* cuts=[2-5] '
guest "$ok"
soak JOB=poweroff -s 1 -n 1
check "power-offs" said '^all .* poweroffs=[1-3] '

# An interrupt ends it with the table.
mark=$((RANDOM + 40000))
guest 'case $image in
*/1-1/*) echo ALL TESTS PASSED ;;
*) exec sleep '$mark' ;;
esac'
rm -rf "$tree/build"
JOB=usertests "$tree/tests/soak.sh" -s 1 >"$scratch/said" 2>&1 &
pid=$!
until [ -s "$tree/build/soak/1-2/raw" ] || ! kill -0 $pid; do
	sleep 0.1
done
kill -TERM $pid
ended=0
wait $pid || ended=$?
check "interrupted" ends "1 boots, 0 failed" 130
check "with a table" said '^all .* 1 +0 '
check "nothing stays behind" \
	bash -c "! grep -slzx '$mark' /proc/[0-9]*/cmdline"
finish
