# What all plots share; loaded first.  Set by bench/host/plots.py:
#
#   out          the file
#   id           begins the names of its parts: they meet in one page
#   wide, high   size in pixels
#   variants     names, in the order of the legend
#   machine      the line that says where and when
#   cores        of the host
#   subject      the title
#   shape        of the legend: points or boxes
#   also         words at its end, for what is not a variant
#   dir          of the data files, which may be empty
#
# Colours are Okabe and Ito's, which people of all kinds of colour vision can
# tell apart; each variant has a shape of its own as well.  The background is
# solid, so that a page's own, light or dark, does not matter.

ink = '#222222'
mark = 0.75
set terminal svg noenhanced size wide, high name id \
    font 'DejaVu Sans,Helvetica,Arial,sans-serif,15' linewidth 1.6 \
    background '#ffffff'
set output out

colour(v) = v eq 'eager' ? '#CC79A7' : v eq 'baseline' ? '#D55E00' : \
    v eq 'scalable' ? '#0072B2' : v eq 'lazy' ? '#009E73' : \
    v[1:5] eq 'linux' ? '#000000' : '#E69F00'
# Squares, triangles, circles, diamonds, and for Linux triangles that point
# down; the filled shape comes after the hollow one.
hollow(v) = v eq 'eager' ? 4 : v eq 'baseline' ? 8 : v eq 'scalable' ? 6 : \
    v eq 'lazy' ? 12 : v[1:5] eq 'linux' ? 10 : 14
solid(v) = hollow(v) + 1

set border 3 lc rgb '#888888'
set tics nomirror textcolor rgb ink
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink
set title textcolor rgb ink
unset key
set grid ytics lt 1 lc rgb '#dddddd' lw 0.6
set label 1000 machine at screen 0.995, 0.022 right font ',10.5' \
    textcolor rgb '#666666'
set bmargin 5

# Tics of a logarithmic axis over [from : to], at 1, 2 and 5 of each decade, or
# only at decades if those were too many.
steps(from, to) = log10(to / from) < 2.7 ? '1 2 5' : '1'
tics(from, to) = (text = '', sum [d = floor(log10(from)) : ceil(log10(to))] \
    sum [i = 1 : words(steps(from, to))] \
    (text = text . (text eq '' ? '' : ',') . sprintf('%g', word(steps(from, to), i) * 10.0 ** d), 0), text)

# Title and legend stand above all else.  A letter is about 0.0105 wide.
set label 1001 subject at screen 0.54, 0.962 center textcolor rgb ink
width = strlen(also) * 0.0092
do for [v in variants] { width = width + (strlen(v) + 4.5) * 0.0105 }
x = 0.54 - width / 2
do for [i = 1 : words(variants)] {
	v = word(variants, i)
	set label 1001 + i v at screen x + 0.02, 0.9 left offset char 1, 0 \
	    textcolor rgb ink point pt (shape eq 'boxes' ? 5 : solid(v)) \
	    ps mark lc rgb colour(v)
	x = x + (strlen(v) + 4.5) * 0.0105
}
set label 1100 also at screen x + 0.01, 0.9 left font ',13' \
    textcolor rgb ink
top_of_plot = 0.84
