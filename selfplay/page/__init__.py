"""The page of a dataset: what its games, labels and edits look like.

numbers.py    what is counted, in one pass over the rows
openings.py   first moves, folded by the board's symmetries
surprises.py  the positions that deserve a look
charts.py     where bars, lines and labels of charts are drawn
page.py       the page itself, from dataset.html.j2
"""
