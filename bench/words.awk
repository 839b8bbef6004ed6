# Numbers, words and tables of the report (bench/report.awk), and what more
# than one of its parts asks of the data.

function num(x)
{
	return x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : \
	    x >= 0.01 || x == 0 ? sprintf("%.2f", x) : sprintf("%.2g", x)
}

function times(x) { return sprintf("%.2f", x) }

function code(text) { return "`" text "`" }

function n_harts(h) { return h (h == 1 ? " hart" : " harts") }

# "a, b and c"
function join(list, n,    i, text)
{
	for (i = 1; i <= n; i++)
		text = text (i == 1 ? "" : i == n ? " and " : ", ") list[i]
	return text
}

function picture(name, what)
{
	if ((" " plots " ") ~ (" " name " "))
		print "![" what "](" name ".svg)\n"
}

function row(cells, n,    i, line)
{
	for (i = 1; i <= n; i++)
		line = line "| " cells[i] " "
	print line "|"
}

# A table's first two lines: a word, then variants.
function head(first, names, n,    i, line)
{
	line = "| " first " |"
	for (i = 1; i <= n; i++)
		line = line " " names[i] " |"
	print line
	line = "|---|"
	for (i = 1; i <= n; i++)
		line = line "---:|"
	print line
}

# Variants that have a value, in there[1..]; returns how many.
function find(b, k, h, key,    i, n)
{
	for (i = 1; i <= nv; i++)
		if (has(b, k, variant[i], h, key))
			there[++n] = variant[i]
	return n + 0
}

function rate(b, v, h) { return median[b, "time", v, h, "rate"] }

function has_rate(b, v, h) { return has(b, "time", v, h, "rate") }

# The largest hart count with a rate that is not beyond the host's cores.
function most_cores(b,    i, j, best)
{
	for (j = 1; j <= nharts; j++)
		for (i = 1; i <= nv; i++)
			if (!crowded[harts[j]] &&
			    has_rate(b, variant[i], harts[j]))
				best = harts[j]
	return best + 0
}

function any_rate(b,    i, j)
{
	for (j = 1; j <= nharts; j++)
		for (i = 1; i <= nv; i++)
			if (has_rate(b, variant[i], harts[j]))
				return 1
	return 0
}
