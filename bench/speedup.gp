# One benchmark's modelled speed-up over its own rate at one hart, against
# harts; both axes logarithmic, dashed the ideal.  Points whose region had
# breaks are crossed.
#
# Also set: most (harts), low and top (of the speed-ups).
# Data: all-VARIANT, good-VARIANT and broken-VARIANT: harts speed-up.

set tmargin at screen top_of_plot
set logscale x 2
set logscale y 2
set xrange [0.84 : most * 1.19]
set yrange [(low < 0.8 ? low * 0.8 : 0.8) : (top > most ? top : most) * 1.25]
eval 'set xtics (' . harts_tics . ')'
set format y '%g'
set xlabel 'harts'
set ylabel 'speed-up over one hart'

have(kind, v) = dir . '/' . kind . '-' . v

plot sample [x = 1 : most] x with lines dt 2 lw 0.9 lc rgb '#666666', \
    for [v in variants] have('all', v) using 1:2 with lines \
        lc rgb colour(v), \
    for [v in variants] have('good', v) using 1:2 with points \
        lc rgb colour(v) pt solid(v) ps mark, \
    for [v in variants] have('broken', v) using 1:2 with points \
        lc rgb colour(v) pt hollow(v) ps mark, \
    for [v in variants] have('broken', v) using 1:2 with points \
        lc rgb ink pt 2 ps mark * 1.4
