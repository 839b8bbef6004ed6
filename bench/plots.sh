#!/bin/bash
# Draws the plots of a sweep, each as SVG and as PNG, from its CSV alone.
#
#   bench/plots.sh [FILE.csv [DIRECTORY]]
#
# By default results/sweep.csv, into build/plots.  Prints the names of the
# plots.  FORMATS="svg png" and LIST=bench/sweep.list may be changed.
# What there are no data for is not drawn.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
csv=${1:-$here/../results/sweep.csv}
to=${2:-$here/../build/plots}
list=${LIST:-$here/sweep.list}
formats=${FORMATS:-svg png}

die()
{
	echo "plots: $*" >&2
	exit 1
}

for format in $formats; do
	[ "$format" = svg ] || [ "$format" = png ] ||
		die "FORMATS are svg and png, not $format"
done
[ -s "$csv" ] || die "no sweep in $csv: run \`make sweep\` first"
command -v gnuplot >/dev/null ||
	die "no gnuplot: run \`make setup\`, or on Debian:" \
		"apt-get install gnuplot-nox"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/drove-plots.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$to" || exit 1

# All data are written before the first plot is drawn.
mkdir -p "$scratch/data"
awk -f "$here/stats.awk" "$list" "$csv" >"$scratch/stats" &&
	awk -v dir="$scratch/data" -f "$here/load.awk" \
		-f "$here/plotdata.awk" "$list" "$scratch/stats" "$csv" \
		>"$scratch/plots" || exit 1

failed=0
while IFS=$'\t' read -r name script settings; do
	for format in $formats; do
		cat >"$scratch/plot.gp" <<-END_OF_PLOT
			fmt = '$format'
			out = '$to/$name.$format'
			id = '${name//-/_}'
			wide = 860
			high = 520
			$settings
			load '$here/style.gp'
			load '$here/$script'
		END_OF_PLOT
		rm -f "$to/$name.$format"
		gnuplot "$scratch/plot.gp" 2>"$scratch/said" &&
			[ -s "$to/$name.$format" ] || {
			echo "plots: $name.$format cannot be drawn:" >&2
			tail -n 2 "$scratch/said" >&2
			rm -f "$to/$name.$format"
			failed=1
		}
	done
	echo "$name"
done <"$scratch/plots"
[ $failed = 0 ]
