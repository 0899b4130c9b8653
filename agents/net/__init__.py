"""The net: its architecture, its forward pass, the runtimes that evaluate it, its packages.

Letters of shapes, everywhere in here:

    B       boards in a batch
    C       planes of a board, or channels of its features
    H, W    height and width of the frame, which holds boards up to its own size
    A       moves, H·W + 1: the points row by row, then the pass
"""
