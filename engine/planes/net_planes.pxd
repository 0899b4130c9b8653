"""The planes that a net sees; see net_planes.pyx."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.reading.liberties cimport Liberties
from insei.engine.state cimport State

cpdef enum:
    NUM_BINARY_PLANES = 12  # zeros and ones
    NUM_GLOBAL_PLANES = 2  # one number each
    NUM_PLANES = 14
    NUM_LAST_MOVES = 5
    KOMI_SCALE = 20  # points of komi that show as 1

ctypedef struct Frame:
    # What holds a board, at its top left.
    int height
    int width
    bint is_transposed  # whether the board's width and height are swapped
    const int* target  # the frame's index of each point, `[H·W]` of the board, by `lay_out`; NULL
    # where the frame is the board

cdef void lay_out(
    int* target, int height, int width, int frame_width, int symmetry
) noexcept nogil

cdef void state_floats(
    const State* state, const uint64_t* legal, Liberties* liberties, const Frame* frame, float* out
) noexcept nogil

cdef void state_bytes(
    const State* state, const uint64_t* legal, Liberties* liberties, uint8_t* out
) noexcept nogil

cdef tuple pack_planes(
    const State* state, const uint64_t* legal, Liberties* liberties, const Frame* frame
)

cdef uint64_t planes_key(const State* state, const uint64_t* legal) noexcept nogil

cdef inline uint64_t mixed(uint64_t key, uint64_t number) noexcept nogil:
    """A step of splitmix64's finaliser (Steele, Lea, Flood 2014)."""
    key = (key ^ number) + <uint64_t>0x9E3779B97F4A7C15
    key = (key ^ (key >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    key = (key ^ (key >> 27)) * <uint64_t>0x94D049BB133111EB
    return key ^ (key >> 31)
