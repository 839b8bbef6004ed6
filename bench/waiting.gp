# Where an operation waits, by lock class: for each hart count one bar a
# variant, stacked; the thin bar is the range of the whole over repeats.
#
# Also set: unit, crowded (are there starred groups), classes (names, largest
# first), top, bars (how many there are), groups (commands that label groups
# of bars).  Data: file waiting: position
# "label" total min max, then one column of microseconds a class.

# A class has the same colour in all plots; those that hardly ever wait share
# darker greys.
known = 'pagecount pagelist pagedepot kcache family runq pipe others'
shades = '#D55E00 #0072B2 #56B4E9 #009E73 #E69F00 #F0E442 #CC79A7 #CCCCCC'
greys = '#000000 #444444 #777777 #999999 #222222 #666666 #888888'
place(c) = sum [k = 1 : words(known)] (word(known, k) eq c ? k : 0)
shade(c, i) = place(c) > 0 ? word(shades, place(c)) : word(greys, i)
set tmargin at screen 0.9
set style data boxes
set style fill solid 1.0 border lc rgb '#ffffff'
set boxwidth 0.86
set xrange [0.2 : bars + 0.8]
set yrange [0 : top * 1.08]
set ylabel 'microseconds waited per ' . unit
set xtics rotate by -40 scale 0 font ',12'
set key on outside right top vertical reverse Left samplen 1.4 width 0
set bmargin at screen 0.27
if (crowded) {
	set label 1 '* more harts than host cores' at screen 0.005, 0.022 \
	    left font ',10.5' textcolor rgb '#666666'
}
eval groups

n = words(classes)
file = dir . '/waiting'
# From the top down: each box covers the lower part of the one before.
plot for [i = n : 1 : -1] \
        file using 1:(sum [c = 6 : 5 + i] column(c)):xtic(2) \
        with boxes lc rgb shade(word(classes, i), i) title word(classes, i), \
    file using 1:4:(0):($5 - $4) \
        with vectors heads size screen 0.0035,90 fixed lw 0.7 \
        lc rgb ink notitle
