"""Position: what Python sees of a State; see position.pyx."""

from insei.engine.state cimport State

cdef class Position:
    cdef State* state
    cdef object _rules
    cdef Position _copy(self)
    cdef int _play(self, move) except -1
    cdef _refuse(self, move)
