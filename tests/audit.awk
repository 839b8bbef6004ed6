# The kernel's audit says on the console what does not add up.
/^audit: / && !/clean|ok/ { print "the audit says: " $0; exit }
