"""Position: what Python sees of a State; see position.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.state cimport State

cdef State* new_state(rules) except NULL

cdef class Position:
    cdef State* state
    cdef object _rules
    cdef object _initial_board
    cdef int _initial_to_play
    cdef _set_up(self, board)
    cdef Position _copy(self)
    cdef int become(self, Position other) except -1
    cdef int _play(self, move) except -1
    cdef _refuse(self, move)
    cdef int _stone(self, int point) except -1
    cdef int _mark_dead(self, dead, uint8_t* marks) except -1
    cdef _by_point(self, const uint8_t* cells)
