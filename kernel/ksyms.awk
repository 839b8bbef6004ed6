# From `nm -n` to an assembler table of the kernel's functions, for stack traces
# (kernel/trap/backtrace.c): count, then address and name offset of each by
# address, then the names.
BEGIN {
	n = 0
	offset = 0
}
$2 ~ /^[tT]$/ && $3 !~ /^[.$]/ && $3 !~ /^\.?L/ {
	if ($3 == "text_end" || $1 !~ /^ffff/)
		next
	address[n] = $1
	name[n++] = $3
}
END {
	print ".section .ksyms, \"a\"\n.align 3"
	print ".dword " n
	for (i = 0; i < n; i++) {
		printf ".dword 0x%s, %d\n", address[i], offset
		offset += length(name[i]) + 1
	}
	for (i = 0; i < n; i++)
		printf ".asciz \"%s\"\n", name[i]
	print ".align 3"
}
