"""The symmetries of symmetries.py for compiled code: the same numbers, the same order."""

cdef inline int num_symmetries_of(int height, int width) noexcept nogil:
    """8 for a square, 4 for another rectangle."""
    return 8 if height == width else 4

cdef inline int transformed(
    int row, int column, int height, int width, int symmetry
) noexcept nogil:
    """Row and column after `symmetry`, as `row << 8 | column`."""
    if symmetry & 1:
        row = height - 1 - row
    if symmetry & 2:
        column = width - 1 - column
    if symmetry & 4:
        return column << 8 | row
    return row << 8 | column
