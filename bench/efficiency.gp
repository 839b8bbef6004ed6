# One benchmark's modelled efficiency, its rate at N harts over N times that at
# one, against harts; where there are targets for `scalable`, they are marked.
# Points whose region had breaks are crossed.
#
# Also set: most (harts), low and top (in percent), targets (how many).
# Data: all-VARIANT, good-VARIANT and broken-VARIANT: harts percent; targets.

set tmargin at screen top_of_plot
set logscale x 2
set xrange [0.84 : most * 1.19]
set yrange [0 : (top > 105 ? top : 105) * 1.02]
eval 'set xtics (' . harts_tics . ')'
set format y '%g %%'
set xlabel 'harts'
set ylabel 'rate at N over N times that at 1'

have(kind, v) = dir . '/' . kind . '-' . v
if (targets) {
	set label 1 'dashes: target for scalable' at graph 0.01, 0.04 left \
	    font ',12' textcolor rgb '#666666'
}

# A dash as wide as half the way to the next count.
plot 100 with lines dt 3 lw 0.7 lc rgb '#666666', \
    dir . '/targets' using ($1 / 1.15):2:($1 * 0.3):(0) with vectors nohead dt 1 \
        lw 2 lc rgb '#666666', \
    for [v in variants] have('all', v) using 1:2 with lines \
        lc rgb colour(v), \
    for [v in variants] have('good', v) using 1:2 with points \
        lc rgb colour(v) pt solid(v) ps mark, \
    for [v in variants] have('broken', v) using 1:2 with points \
        lc rgb colour(v) pt hollow(v) ps mark, \
    for [v in variants] have('broken', v) using 1:2 with points \
        lc rgb ink pt 2 ps mark * 1.4
