# Nobody has died of anything but want of memory.
/: killed$/ && !/out of memory/ { print "somebody died: " $0; exit }
