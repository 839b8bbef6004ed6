# The hottest lines as rows of a CSV, from names.awk's output; the columns are
# in report.sh.  Commas part columns: they become semicolons.

BEGIN { FS = "\t" }

function cell(text)
{
	gsub(",", ";", text)
	return text
}

function flush()
{
	if (row != "")
		print row "," cell(taker) "," cell(holder)
	row = ""
}

$1 == "sum" { ops = $5 }

$1 == "line" && ops > 0 {
	flush()
	row = sprintf("%d,%s,%s,%.6g,%.6g,%.6g,%d", $2, cell($4), cell($5),
	    $6 / ops, $7 / ops, $8 / ops, $9)
	taker = holder = "-"
}

# The first of a line is the dearest; others are those that have no names.
$1 == "pair" && (taker == "-" || taker == "others") {
	taker = $5
	holder = $7
}

END { flush() }
