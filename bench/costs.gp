# What single events cost, as bars; one group of bars an event, one bar a
# variant, medians with the range over repeats and the value above.
#
# Also set: unit, top, groups (their number), events (their names, as tics).
# Data: bars-VARIANT: group median min max.

nv = words(variants)
small = nv > 4 ? ',9' : ',10.5'
gap = 0.8 / nv
at(g, i) = g + (i - (nv + 1) / 2.0) * gap
text(y) = y >= 99.5 ? sprintf('%.0f', y) : y >= 9.95 ? \
    sprintf('%.1f', y) : sprintf('%.2f', y)

set tmargin at screen top_of_plot
set style fill solid 1.0 noborder
set boxwidth gap * 0.88
set xrange [0.45 : groups + 0.55]
set yrange [0 : top * 1.13]
set ylabel unit
set xtics scale 0 font ',13'
set bmargin 5.5
eval 'set xtics (' . events . ')'

f(v) = dir . '/bars-' . v
plot for [i = 1 : nv] f(word(variants, i)) using (at($1, i)):2 with boxes \
        lc rgb colour(word(variants, i)), \
    for [i = 1 : nv] f(word(variants, i)) \
        using (at($1, i)):3:(0):($4 - $3) \
        with vectors heads size screen 0.0035,90 fixed lw 0.7 \
        lc rgb '#777777', \
    for [i = 1 : nv] f(word(variants, i)) \
        using (at($1, i)):4:(text($2)) with labels offset 0, 0.6 \
        font small textcolor rgb ink
