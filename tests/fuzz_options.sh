# shellcheck shell=bash
# The options of fuzz_elf.sh and fuzz_image.sh, to seed, count and seconds; source
# it with count at its default.

# They say themselves what is made; a make above must not add to it.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
seed=1 seconds=0
while getopts s:n:t: option; do
	case $option in
	s) seed=$OPTARG ;;
	n) count=$OPTARG ;;
	t) seconds=$OPTARG ;;
	*) exit 1 ;;
	esac
done
