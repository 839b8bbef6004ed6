# Makes one HTML file of a report in Markdown, with its SVG pictures inside.
# Of Markdown it knows what report.awk writes: headings, paragraphs, lists with
# "-", tables, fenced code, pictures on a line of their own, and `code`.
#
#   awk -v dir=DIRECTORY-OF-PICTURES -f bench/html.awk report.md

function escape(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

function inline(text,    part, n, i, out)
{
	n = split(escape(text), part, "`")
	for (i = 1; i <= n; i++)
		out = out (i % 2 ? part[i] : "<code>" part[i] "</code>")
	return out
}

function close_block()
{
	if (block == "ul")
		print "</ul>"
	else if (block == "table")
		print "</table></div>"
	else if (block == "p")
		print "</p>"
	block = ""
}

function open_block(name)
{
	if (block == name)
		return
	close_block()
	block = name
	print name == "table" ? "<div class=\"wide\"><table>" : "<" name ">"
	rows = 0
}

# The picture's own text, without what only a file of its own has.
function inline_svg(name, alt,    line, started)
{
	close_block()
	print "<figure role=\"img\" aria-label=\"" escape(alt) "\">"
	while ((getline line < (dir "/" name)) > 0) {
		if (line ~ /<svg/)
			started = 1
		if (started)
			print line
	}
	close(dir "/" name)
	print "</figure>"
}

function table_row(line,    cell, n, i, tag)
{
	if (line ~ /^\|[-:|]+\|$/)
		return
	open_block("table")
	tag = rows++ == 0 ? "th" : "td"
	sub(/^\| */, "", line)
	sub(/ *\|$/, "", line)
	n = split(line, cell, / *\| */)
	printf "<tr>"
	for (i = 1; i <= n; i++)
		printf "<%s>%s</%s>", tag, inline(cell[i]), tag
	print "</tr>"
}

BEGIN {
	print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>"
	print "<meta charset=\"utf-8\">"
	print "<meta name=\"viewport\" content=\"width=device-width\">"
	print "<title>Drove: a sweep</title>\n<style>"
	print ":root { color-scheme: light dark }"
	print "body { font: 16px/1.5 system-ui, sans-serif; " \
	    "max-width: 56rem; margin: 2rem auto; padding: 0 1rem }"
	print "figure { margin: 1rem 0; background: #fff; " \
	    "border-radius: 6px; padding: 6px }"
	print "svg { width: 100%; height: auto; display: block }"
	print "table { border-collapse: collapse }"
	print ".wide { overflow-x: auto }"
	print "th, td { padding: .2rem .7rem; text-align: right; " \
	    "border-bottom: 1px solid #8885; white-space: nowrap }"
	print "th:first-child, td:first-child { text-align: left }"
	print "code, pre { font-family: ui-monospace, monospace }"
	print "pre { overflow-x: auto; padding: .6rem; " \
	    "border: 1px solid #8885 }"
	print "</style>\n</head>\n<body>"
}

/^```/ {
	close_block()
	in_code = !in_code
	print in_code ? "<pre>" : "</pre>"
	next
}

in_code {
	print escape($0)
	next
}

/^$/ {
	close_block()
	next
}

/^#+ / {
	close_block()
	level = index($0, " ") - 1
	printf "<h%d>%s</h%d>\n", level, inline(substr($0, level + 2)), level
	next
}

/^!\[.*\]\(.*\.svg\)$/ {
	alt = $0
	sub(/^!\[/, "", alt)
	sub(/\].*$/, "", alt)
	name = $0
	sub(/^.*\(/, "", name)
	sub(/\)$/, "", name)
	inline_svg(name, alt)
	next
}

/^\|/ {
	table_row($0)
	next
}

/^- / {
	open_block("ul")
	print "<li>" inline(substr($0, 3)) "</li>"
	next
}

{
	open_block("p")
	print inline($0)
}

END {
	close_block()
	print "</body>\n</html>"
}
