"""Python's rules, boards, moves and points, checked and turned into C; see state_door.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.state cimport State

cdef State* new_state(rules) except NULL
cdef int set_up(State* state, board) except -1
cdef int move_number(move) except? -2
cdef int cell_of(const State* state, int point) except -1
cdef int mark_dead(const State* state, dead, uint8_t* marks) except -1
cdef by_point(const State* state, const uint8_t* cells)
