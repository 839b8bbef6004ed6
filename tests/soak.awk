# The table at the end of tests/soak.sh, from its results: what was done, by
# job and machine, all of it in sum, and what was found.

BEGIN { FS = "\t" }

function add(key, text,    n, words, i, word)
{
	n = split(text, words, " ")
	for (i = 1; i <= n; i++) {
		split(words[i], word, "=")
		if (!((key, word[1]) in count))
			names[key] = names[key] " " word[1]
		count[key, word[1]] += word[2]
	}
}

function counts(key,    n, name, i, text)
{
	n = split(names[key], name, " ")
	for (i = 1; i <= n; i++)
		text = text " " name[i] "=" count[key, name[i]]
	return text
}

function row(key)
{
	printf "%-14s %-9s %5s %-8s %6d %6d %7d %s\n", part[key, 1],
	    part[key, 2], part[key, 3], part[key, 4], runs[key], fails[key],
	    took[key], counts(key)
}

function enter(key, a, b, c, d)
{
	part[key, 1] = a; part[key, 2] = b; part[key, 3] = c; part[key, 4] = d
	runs[key]++
	took[key] += $7
	fails[key] += $8 != "ok"
	add(key, $9)
}

{
	key = $2 " " $3 " " sprintf("%2d", $4) " " $5
	if (!(key in runs))
		order[++rows] = key
	enter(key, $2, $3, $4, $5)
	enter("all", "all", "", "", "")
	if ($8 != "ok")
		found[++nfound] = sprintf("boot %d: %s, %s, %d harts, %s, %s: %s",
		    $1, $2, $3, $4, $5, $6, $8)
}

END {
	# By job and machine: an insertion sort, for plain awk has none.
	for (i = 2; i <= rows; i++) {
		key = order[i]
		for (j = i - 1; j >= 1 && order[j] > key; j--)
			order[j + 1] = order[j]
		order[j + 1] = key
	}
	printf "%-14s %-9s %5s %-8s %6s %6s %7s  %s\n", "job", "variant",
	    "harts", "kernel", "runs", "failed", "seconds", "counts"
	for (i = 1; i <= rows; i++)
		row(order[i])
	if (rows > 0)
		row("all")
	for (i = 1; i <= nfound; i++)
		print "found in " found[i]
}
