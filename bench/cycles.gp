# Where the cycles of all harts go, modelled: for each hart count one bar a
# variant, stacked to 100 percent, with the cycles of one operation above.
#
# Also set: unit, bars (how many), crowded (are there bars marked with !), names
# and shades of the kinds of cost, groups (commands that label groups of bars).
# Data: file costs: position "variant" "cycles", then one column of percent for
# each kind of cost.

n = words(shades)
small = bars > 17 ? ',9' : ',11'
set tmargin at screen 0.86
set style data boxes
set style fill solid 1.0 border lc rgb '#ffffff'
set boxwidth 0.86
set xrange [0.2 : bars + 0.8]
set yrange [0 : 100]
set format y '%g %%'
set ylabel 'of the cycles of all harts'
set xtics rotate by -40 scale 0 font ',12'
set key on outside right top vertical reverse Left samplen 1.4 width 0
set bmargin at screen 0.27
set label 1 'cycles per ' . unit . (crowded ? '; ! breaks, not to be trusted' \
    : '') at screen 0.085, 0.905 left font ',12' textcolor rgb '#666666'
eval groups

file = dir . '/costs'
# From the top down: each box covers the lower part of the one before.
plot for [i = n : 1 : -1] \
        file using 1:(sum [c = 4 : 3 + i] column(c)):xtic(2) \
        with boxes lc rgb word(shades, i) title word(names, i), \
    file using 1:(100):3 with labels offset 0, 0.55 font small \
        textcolor rgb ink notitle
