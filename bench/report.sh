#!/bin/bash
# Makes a folder of a sweep that can be kept and cited:
# results/MACHINE-DATE/ with the CSV, the plots, report.md and report.html.
#
#   bench/report.sh [FILE.csv [DIRECTORY]]
#
# With modelled points, FILE-lines.csv next to FILE.csv names the hottest lines.
#
# FILE.csv: by default results/sweep.csv.  LIST=bench/sweep.list as for the
# sweep.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
csv=${1:-$here/../results/sweep.csv}
list=${LIST:-$here/sweep.list}
[ -s "$csv" ] || {
	echo "report: no sweep in $csv: run \`make sweep\` first" >&2
	exit 1
}
read -r machine date < <(awk -F , '
	/^# machine: / { machine = substr($0, 12) }
	NF == 14 && $7 == "ok" { date = substr($1, 1, 10) }
	END { if (date) print machine, date }' "$csv")
[ -n "$date" ] || {
	echo "report: no point in $csv has a result" >&2
	exit 1
}
dir=${2:-$here/../results/$machine-$date}
mkdir -p "$dir" || exit 1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/drove-report.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT

# Made again, a report has no plots of before.
rm -f "$dir"/*.svg "$dir"/*.png
hot=()
if [ -s "${csv%.csv}-lines.csv" ]; then
	hot=("$dir/sweep-lines.csv")
	[ "${csv%.csv}-lines.csv" -ef "${hot[0]}" ] ||
		cp "${csv%.csv}-lines.csv" "${hot[0]}" || exit 1
else
	rm -f "$dir/sweep-lines.csv"
fi
[ "$csv" -ef "$dir/sweep.csv" ] || cp "$csv" "$dir/sweep.csv" || exit 1
plots=$("$here/plots.sh" "$csv" "$dir") || exit 1
awk -f "$here/stats.awk" "$list" "$csv" >"$scratch/stats" &&
	awk -v plots="${plots//$'\n'/ }" -f "$here/load.awk" \
		-f "$here/words.awk" -f "$here/report_rates.awk" \
		-f "$here/report_costs.awk" -f "$here/report_model.awk" \
		-f "$here/report.awk" \
		"$list" "$scratch/stats" "$csv" "${hot[@]}" >"$dir/report.md" &&
	awk -v dir="$dir" -f "$here/html.awk" "$dir/report.md" \
		>"$dir/report.html" || exit 1
echo "report: $dir/report.md and report.html"
