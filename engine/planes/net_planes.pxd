"""The planes that a net sees; see planes.pyx."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.reading.liberties cimport Liberties
from insei.engine.state cimport State

cdef enum:
    BINARY = 12
    GLOBAL = 2
    PLANES = 14

ctypedef struct Frame:
    # What a board lies in, at the top left.
    int height
    int width
    bint is_transposed  # whether the board lies with its width and height swapped
    const int* target  # where each point lies, `[H·W]` of the board, as from `lay_out`; NULL where
    # the frame is the board

cdef void lay_out(
    int* target, int height, int width, int frame_width, int symmetry
) noexcept nogil

cdef void state_floats(
    const State* state, const uint64_t* legal, Liberties* known, const Frame* frame, float* out
) noexcept nogil

cdef void state_bytes(
    const State* state, const uint64_t* legal, Liberties* known, uint8_t* out
) noexcept nogil

cdef tuple pack_planes(
    const State* state, const uint64_t* legal, Liberties* liberties, const Frame* frame
)

cdef inline int transformed(
    int row, int column, int height, int width, int symmetry
) noexcept nogil:
    """Row and column after `symmetry`, as `row << 8 | column`; the definition of symmetries.py."""
    if symmetry & 1:
        row = height - 1 - row
    if symmetry & 2:
        column = width - 1 - column
    if symmetry & 4:
        return column << 8 | row
    return row << 8 | column
