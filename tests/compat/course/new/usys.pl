#!/usr/bin/perl -w
# Writes the system calls' stubs, in assembler.

print "# made by usys.pl\n#include \"kernel/syscall.h\"\n";
foreach my $call (qw(fork exit wait pipe read write close kill exec open mknod
                     unlink fstat link mkdir chdir dup getpid sbrk pause uptime)) {
    my $name = $call eq "sbrk" ? "sys_sbrk" : $call;
    print ".global $name\n$name:\n li a7, SYS_$call\n ecall\n ret\n";
}
