"""Which positions and games of a dataset deserve a look, ranked, and what is then done with them.

mined.py      a ranked list, and its file in the run's folder
recording.py  what miners look at: the rows of a run's games at a commit
judges.py     two nets, each trained on half of the games, which judge the other half
mistaken.py   games whose recorded end is wrong
positions.py  positions that are surprising, uncertain, swinging, or lost although ahead
folding.py    near-duplicates, folded up to the board's symmetries
session.py    `mine`: a list from a run
ends.py       a game's end as labels of its rows
searching.py  many positions searched side by side, and games played on to their ends
relabelling.py `relabel`: better labels for a list, in one commit
lesson.py     `hold_lesson`: what edits are worth, by nets that learn from two branches
suite.py      positions of other games, and what a net's moves lose there
taught.py     a net taught by recorded rows alone
planting.py   wrong ends that are known, to measure miners by
"""
