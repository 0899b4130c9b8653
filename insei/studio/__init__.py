"""The studio: the positions of a dataset that deserve a look, on a board, to correct their labels.

session.py      what is looked at and done, without a screen
positions.py    the queue: a mined list, or what the rows tell
progress.py     what was done, kept in the run's folder
looks.py        what the player is asked, and what it answers
look_server.py  the process that asks the net and searches
panel.py        the text beside the board
app.py          the screen
opening.py      the screen on a terminal
web.py          the same screen in a browser
"""
