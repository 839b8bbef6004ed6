"""The host's side of the bench: `python3 -m bench.host COMMAND`, from the root
of the tree.

    sweep     measure points (sweep.py; one point: measure.py), then a table
    plots     draw a sweep's plots
    report    keep a sweep: its CSV, plots, report.md and report.html
    lines     what harts share, from a raw report of the coherence model
    demo      compare two variants at the shell

What they are made of, each module only of those before it:

    shell     failing with a message; what children inherit
    points    the list of benchmarks, the CSV's rows
    console   what a point printed, as the values of its row
    raw       the coherence model's raw report
    stats     a sweep as medians and ranges, and what there is of it
    words     numbers, words and tables in Markdown
"""
