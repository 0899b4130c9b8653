"""The history of a run's dataset: edits of its labels as commits, branches, merges and tags.

    graph.py      commits and what follows from them, in memory: states, merge, diff, blame
    table.py      the table `edits.lance`, one append an event
    fields.py     which columns can be edited, their values as text and as bytes
    edited.py     rows as the edits leave them: the hook where rows are read
    reading.py    the edits of a run, at a branch, a tag or a commit
    history.py    `History`: what a user does with it
    adding.py     games of records, added to a run
    cloning.py    a copy of a run's dataset with its history; commits taken from another run

docs/dataset.md explains the commands.
"""
