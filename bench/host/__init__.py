"""The host's side of the bench: `python3 -m bench.host COMMAND`, from the root
of the tree.

    sweep          measure points, then a table (table.py)
    point          measure one point (measure.py)
    plots          draw a sweep's plots
    report         keep a sweep: its CSV, plots, report.md and report.html
    model-report   what harts share, from a raw report of the coherence model
                   (lines.py; names.py)
    demo           compare two variants at the shell

Each is made of some of these, and these only of those above them:

    shell     failing with a message; what children inherit
    points    the list of benchmarks, the CSV's rows
    console   what a point printed, as the values of its row
    raw       the coherence model's raw report
    stats     a sweep as medians and ranges, and what there is of it
    words     numbers, words and tables in Markdown
"""
