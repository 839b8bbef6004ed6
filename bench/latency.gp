# What a fork costs against the memory that the process has written, log-log;
# three panels: fork alone, with the child's exit and the wait, with an exec.
# A size of 0 stands at the left edge.
#
# Also set: smallest, largest (of the sizes; 0 stands at smallest), floor, top
# (of the times), panels ("fork forkwait forkexec", those with data).
# Data: PANEL-VARIANT: MiB median min max, in microseconds.

have(p, v) = dir . '/' . p . '-' . v
name(p) = p eq 'fork' ? 'fork() alone' : p eq 'forkwait' ? \
    'fork, exit, wait' : 'fork, exec, wait'

n = words(panels)
set logscale xy
set xrange [smallest * 0.7 : largest * 1.4]
set yrange [floor * 0.7 : top * 1.4]
set xtics font ',12'
eval 'set xtics (' . sizes_tics . ')'
set format y '%.0f'
eval 'set ytics (' . tics(floor * 0.7, top * 1.4) . ')'
set grid xtics ytics
set multiplot
do for [i = 1 : n] {
	p = word(panels, i)
	left = 0.115 + (i - 1) * 0.875 / n
	set lmargin at screen left
	set rmargin at screen left + 0.875 / n - 0.022
	set tmargin at screen 0.79
	set bmargin at screen 0.17
	set title name(p) offset 0, -0.4 font ',14'
	set xlabel 'MiB'
	if (i == 1) {
		set ylabel 'microseconds' offset 0.5, 0
	} else {
		unset ylabel
		set format y ''
	}
	plot for [v in variants] have(p, v) using 1:2 with lines \
	        lc rgb colour(v), \
	    for [v in variants] have(p, v) using 1:3:(0):($4 - $3) \
	        with vectors heads size screen 0.0035,90 fixed lw 0.9 \
	        lc rgb colour(v), \
	    for [v in variants] have(p, v) using 1:2 with points \
	        lc rgb colour(v) pt solid(v) ps mark
	unset label
}
unset multiplot
