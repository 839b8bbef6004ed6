# Contended acquisitions and spins of the memory manager's locks per operation,
# against harts: two panels above each other, logarithmic, with a place for
# zero at the bottom.  This says something for any number of harts, so lines go
# on beyond the host's cores; the points there are hollow.  Variants stand
# side by side where they would cover each other.
#
# Also set: most (harts), and for each panel floor1, top1, floor2, top2.
# Data: KEY-solid-VARIANT and KEY-hollow-VARIANT: harts median min max, with
# zeros at the floor; KEY-all-VARIANT for the lines.

have(key, kind, v) = dir . '/' . key . '-' . kind . '-' . v
n = words(variants)
aside(i) = 1.03 ** (i - (n + 1) / 2.0)

set logscale x 2
set logscale y 10
set xrange [0.84 : most * 1.19]
eval 'set xtics (' . harts_tics . ')'
set format y '%g'
set lmargin at screen 0.115
set rmargin at screen 0.985
set multiplot
do for [panel = 1 : 2] {
	key = panel == 1 ? 'contended' : 'spins'
	floor_ = panel == 1 ? floor1 : floor2
	top = panel == 1 ? top1 : top2
	set tmargin at screen (panel == 1 ? top_of_plot : 0.475)
	set bmargin at screen (panel == 1 ? 0.53 : 0.17)
	set ylabel (panel == 1 ? 'contended acquisitions' : 'spins') \
	    font ',13'
	set yrange [floor_ * 0.6 : top * 2]
	set ytics (sprintf('0') floor_)
	do for [d = floor(log10(floor_) + 1.5) : floor(log10(top * 2))] {
		set ytics add (sprintf('%g', 10.0 ** d) 10.0 ** d)
	}
	if (panel == 1) {
		set format x ''
		unset xlabel
	} else {
		set format x '%g'
		set xlabel 'harts' offset 0, 0.4
	}
	plot for [i = 1 : n] have(key, 'all', word(variants, i)) \
	        using ($1 * aside(i)):2 with lines lw 0.9 \
	        lc rgb colour(word(variants, i)), \
	    for [i = 1 : n] have(key, 'all', word(variants, i)) \
	        using ($1 * aside(i)):3:(0):($4 - $3) \
	        with vectors heads size screen 0.0035,90 fixed lw 0.9 \
	        lc rgb colour(word(variants, i)), \
	    for [i = 1 : n] have(key, 'hollow', word(variants, i)) \
	        using ($1 * aside(i)):2 with points ps mark \
	        pt hollow(word(variants, i)) \
	        lc rgb colour(word(variants, i)), \
	    for [i = 1 : n] have(key, 'solid', word(variants, i)) \
	        using ($1 * aside(i)):2 with points ps mark \
	        pt solid(word(variants, i)) \
	        lc rgb colour(word(variants, i))
	# Once is enough.
	unset label
}
unset multiplot
