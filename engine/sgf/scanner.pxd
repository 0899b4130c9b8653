"""A game of an SGF file as flat arrays; see scanner.pyx."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

cdef enum:
    MAX_NODES = 1000000  # of a game
    MAX_VALUES = 4000000  # of a game
    MOST_BENDS = 100  # different ones; a file with more is not a game

cdef enum:  # failures
    NO_MEMORY = 1
    NO_START = 2
    TOO_MANY_NODES = 3
    TOO_MANY_VALUES = 4
    TOO_MANY_BENDS = 5

cdef enum:  # bends; scanned_game.pyx has their words
    NO_SEMICOLON, NO_OPENING, NO_CLOSING, NO_BRACKET, LINE_GOES_ON, LOWER_CASE, LONG, NO_VALUE
    TWO_VALUES, VALUE_ALONE, JUNK, TEXT_BEFORE, TEXT_AFTER, GAME_AFTER

ctypedef struct Node:
    int32_t parent  # -1 for the root
    uint32_t first_property  # the node's properties end where the next node's begin

ctypedef struct Property:
    uint64_t name  # its letters, five bits each; see `packed_letter`
    uint32_t name_start  # as written
    uint32_t name_length
    uint32_t first_value  # the values end where the next property's begin

ctypedef struct Span:
    uint32_t start
    uint32_t end

ctypedef struct Bend:
    int kind
    int64_t at
    uint32_t name_start, name_length  # of the property it is about; 0, 0 for none

ctypedef struct Game:
    const unsigned char* text
    int64_t size
    int64_t at  # the byte that is read next
    int failure  # 0, or one of scanner.pyx
    Node* nodes
    int64_t num_nodes, nodes_room
    Property* properties
    int64_t num_properties, properties_room
    Span* values
    int64_t num_values, values_room
    int32_t* open_at  # the node before each open parenthesis
    int64_t depth, depth_room
    int32_t node  # the present one, -1 before the root
    bint wants_node  # whether a parenthesis has opened and no node has begun
    bint has_closed  # whether a variation has just ended
    bint has_moved  # whether the present node has a move
    int64_t surplus  # parentheses that close and never opened; -1 while not counted
    Bend bends[MOST_BENDS]
    int num_bends

cdef int game_scan(
    Game* game, const unsigned char* text, int64_t size, int64_t start
) noexcept nogil
cdef void game_free(Game* game) noexcept nogil
cdef void note_rest(Game* game) noexcept nogil
cdef uint64_t packed(const unsigned char* letters, int64_t length, bint all_letters) noexcept nogil
cdef int64_t properties_start(const Game* game, int32_t node) noexcept nogil
cdef int64_t properties_end(const Game* game, int32_t node) noexcept nogil
cdef int64_t values_end(const Game* game, int64_t index) noexcept nogil
cdef int32_t game_first_child(const Game* game, int32_t node) noexcept nogil
cdef const Span* game_value(const Game* game, int32_t node, uint64_t name) noexcept nogil
cdef int32_t game_move(
    const Game* game, int32_t node, int width, int height, int* colour
) noexcept nogil
