# One benchmark's rate against harts: medians with bars from the smallest to
# the largest repeat.  Points beyond the host's cores are hollow and on no
# line, on a shaded ground: there harts take turns.  Dashed: each variant's
# one-hart rate times the number of harts.
#
# Both axes are logarithmic: linear growth is a line of one slope everywhere.
#
# Also set: unit, most (harts), low and top (of the rates), ones (of each
# variant the rate at one hart, or NaN).
# Data: solid-VARIANT and hollow-VARIANT: harts median min max.

set tmargin at screen top_of_plot
set logscale x 2
set logscale y 10
set xrange [0.84 : most * 1.19]
set yrange [low * 0.7 : top * 1.9]
set format y (low < 1 ? '%g' : '%.0f')
eval 'set ytics (' . tics(low * 0.7, top * 1.9) . ')'
eval 'set xtics (' . harts_tics . ')'
set xlabel 'harts'
set ylabel unit
if (most > cores) {
	edge = cores * sqrt(2)
	if (edge > most) { edge = cores * 1.05 }
	set object 1 rectangle from edge, graph 0 to most * 1.19, graph 1 \
	    behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
	set label 1 "more harts than the " . cores . " host cores:\n" . \
	    "not scaling" at graph 0.99, 0.965 right font ',11.5' \
	    textcolor rgb '#666666'
}

have(kind, v) = dir . '/' . kind . '-' . v

plot for [i = 1 : words(variants)] [x = 1 : cores] word(ones, i) * x \
        with lines dt 2 lw 0.8 lc rgb colour(word(variants, i)), \
    for [v in variants] have('solid', v) using 1:2 with lines \
        lc rgb colour(v), \
    for [v in variants] have('solid', v) using 1:3:(0):($4 - $3) \
        with vectors heads size screen 0.0035,90 fixed lw 0.9 \
        lc rgb colour(v), \
    for [v in variants] have('hollow', v) using 1:3:(0):($4 - $3) \
        with vectors heads size screen 0.0035,90 fixed lw 0.9 \
        lc rgb colour(v), \
    for [v in variants] have('solid', v) using 1:2 with points \
        lc rgb colour(v) pt solid(v) ps mark, \
    for [v in variants] have('hollow', v) using 1:2 with points \
        lc rgb colour(v) pt hollow(v) ps mark
