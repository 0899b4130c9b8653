"""Python's rules, boards, moves and points, checked and turned into C; see state_door.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.board cimport Board
from insei.engine.state cimport State

cdef State* new_state(rules) except NULL
cdef int set_up(State* state, board) except -1
cdef int move_number(move) except? -2
cdef int replay(
    State* state, list moves, list movers, int passes, int to_play, int ko
) except -1
cdef stones_of(const Board* board)
cdef int cell_of(const State* state, int point) except -1
cdef list numbers_of(given)
cdef int check_rules(rules) except -1
cdef int check_fit(const Board* board, int height, int width) except -1
cdef int check_frame(int board_height, int board_width, int height, int width) except -1
cdef int mark_dead(const State* state, list dead, uint8_t* marks) except -1
cdef by_point(const State* state, const uint8_t* cells)
cdef plain(out)
cdef int check_array(out, shape, kind) except -1
