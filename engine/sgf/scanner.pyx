"""Scanner: the text of an SGF file as flat arrays of nodes, properties and values, in one pass.

Nothing is copied: a value is a span of the text. Nothing recurses: open parentheses lie on a stack.
Time and memory grow with the text, whatever is in it. What bends the grammar of FF[4] is read as
far as it can be understood, and each kind of bend is kept with the place where it first occurs.

The nodes stand in the order of the file. Therefore a node's first child, if it has one, is the node
after it.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memset

cdef enum:
    MAX_NAME = 64  # letters
    PACKED_LETTERS = 12  # of a name, which fit into 60 bits
    LONG_NAME = 1 << 62  # marks a packed name that lost letters
    LOOKAHEAD = 65536  # bytes behind a game that may belong to it
    DUPLICATES = 64  # properties of a node that a new one is compared with


cdef inline bint is_blank(unsigned char c) noexcept nogil:
    return c == 32 or 9 <= c <= 13


cdef inline bint is_letter(unsigned char c) noexcept nogil:
    return 65 <= (c & 0xDF) <= 90


cdef inline bint ends_point(unsigned char c) noexcept nogil:
    """Whether a point must end before this character, whatever is missing."""
    return c == b";" or c == b"(" or c == b")" or c == b"["


cdef uint64_t packed(const unsigned char* letters, int64_t length, bint all_letters) noexcept nogil:
    """A name as a number: five bits a letter, of the capitals alone if not `all_letters`."""
    cdef uint64_t name = 0
    cdef int64_t i
    cdef int used = 0
    for i in range(length):
        if not all_letters and letters[i] > 90:
            continue
        if used == PACKED_LETTERS:
            return name | LONG_NAME
        name = name << 5 | (letters[i] & 31)
        used += 1
    return name


cdef uint64_t packed_name(bytes name):
    return packed(name, len(name), True)


cdef uint64_t B = packed_name(b"B"), W = packed_name(b"W"), AB = packed_name(b"AB")
cdef uint64_t AW = packed_name(b"AW"), AE = packed_name(b"AE"), SZ = packed_name(b"SZ")
cdef uint64_t[25] SINGLE  # properties of one value
cdef int NUM_SINGLE = 0
for _name in b"AP B C CA EV FF GM HA KM N OT PB PC PL PW RE RO RU SO SZ TM US W BR WR".split():
    SINGLE[NUM_SINGLE] = packed_name(_name)
    NUM_SINGLE += 1


cdef inline bint holds_points(uint64_t name) noexcept nogil:
    return name == B or name == W or name == AB or name == AW or name == AE


cdef inline bint is_single(uint64_t name) noexcept nogil:
    cdef int i
    for i in range(NUM_SINGLE):
        if SINGLE[i] == name:
            return True
    return False


cdef void* with_room(void* array, int64_t used, int64_t* room, size_t size) noexcept nogil:
    """The array with room for one more; NULL if there is no memory."""
    cdef int64_t wanted
    if used < room[0]:
        return array
    wanted = 2 * room[0] if room[0] else 16
    array = realloc(array, wanted * size)
    if array != NULL:
        room[0] = wanted
    return array


cdef void bend(
    Game* game, int kind, int64_t at, int64_t name_start=0, int64_t name_length=0
) noexcept nogil:
    """Keep a bend if it is the first of its kind and name."""
    cdef int i
    cdef Bend* known
    for i in range(game.num_bends):
        known = &game.bends[i]
        if known.kind == kind and known.name_length == name_length and not memcmp(
            game.text + known.name_start, game.text + name_start, name_length
        ):
            return
    if game.num_bends == MOST_BENDS:
        game.failure = TOO_MANY_BENDS
        return
    game.bends[game.num_bends] = Bend(kind, at, <uint32_t> name_start, <uint32_t> name_length)
    game.num_bends += 1


cdef int64_t skip_blanks(const Game* game, int64_t at) noexcept nogil:
    while at < game.size and is_blank(game.text[at]):
        at += 1
    return at


cdef int64_t find_start(const Game* game, int64_t start) noexcept nogil:
    """Where the next game begins: at "(;", else at a property after either; -1 if nowhere."""
    cdef int64_t at, end, loose = -1
    at = start
    while at < game.size:
        if game.text[at] == b"(":
            end = skip_blanks(game, at + 1)
            if end < game.size and game.text[end] == b";":
                return at
            at = max(at + 1, end)
        else:
            at += 1
    at = start
    while at < game.size and loose < 0:
        if game.text[at] == b"(" or game.text[at] == b";":
            loose = at
            at = skip_blanks(game, at + 1)
            end = at
            while end < game.size and end - at < MAX_NAME and is_letter(game.text[end]):
                end += 1
            at = max(at, skip_blanks(game, end))
            if not (end > loose + 1 and at < game.size and game.text[at] == b"["):
                loose = -1
        else:
            at += 1
    return loose


cdef int64_t counted_surplus(const Game* game) noexcept nogil:
    """How many parentheses from here on close without having opened.

    Variations behind the game's end belong to it if they begin with a move.
    """
    cdef int64_t at = game.at, depth = game.depth, surplus = 0, end = game.size
    cdef unsigned char c
    while at < end:
        c = game.text[at]
        if c == b"[":
            at += 1
            while at < end and game.text[at] != b"]":
                at += 2 if game.text[at] == b"\\" else 1
        elif c == b")" and depth:
            depth -= 1
            if not depth:
                end = min(end, at + LOOKAHEAD)
        elif c == b")":
            surplus += 1
        elif c == b"(":
            if not depth and not begins_with_move(game, at):
                break
            depth += 1
        at += 1
    return surplus


cdef bint begins_with_move(const Game* game, int64_t at) noexcept nogil:
    at = skip_blanks(game, at + 1)
    if at < game.size and game.text[at] == b";":
        at = skip_blanks(game, at + 1)
    return at + 1 < game.size and game.text[at + 1] == b"[" and (
        (game.text[at] & 0xDF) == b"B" or (game.text[at] & 0xDF) == b"W"
    )


cdef void open_parenthesis(Game* game) noexcept nogil:
    cdef void* grown = with_room(game.open_at, game.depth, &game.depth_room, sizeof(int32_t))
    if grown == NULL:
        game.failure = NO_MEMORY
        return
    game.open_at = <int32_t*> grown
    game.open_at[game.depth] = game.node
    game.depth += 1
    game.wants_node = True
    game.has_closed = False


cdef void begin_node(Game* game) noexcept nogil:
    cdef void* grown = with_room(game.nodes, game.num_nodes, &game.nodes_room, sizeof(Node))
    if grown == NULL:
        game.failure = NO_MEMORY
        return
    game.nodes = <Node*> grown
    if game.num_nodes == MAX_NODES:
        game.failure = TOO_MANY_NODES
        return
    if game.node < 0 and game.num_nodes:
        game.node = 0  # a game has one root
    game.nodes[game.num_nodes] = Node(game.node, <uint32_t> game.num_properties)
    game.node = <int32_t> game.num_nodes
    game.num_nodes += 1
    game.wants_node = game.has_closed = game.has_moved = False


cdef void go_on(Game* game, int64_t at) noexcept nogil:
    """A line goes on where a variation has just ended: it is one more variation.

    If parentheses close that never opened, one of those opens here.
    """
    if not game.has_closed:
        return
    if game.surplus < 0:
        game.surplus = counted_surplus(game)
    if game.surplus:
        game.surplus -= 1
        bend(game, NO_OPENING, at)
        open_parenthesis(game)
    else:
        bend(game, LINE_GOES_ON, at)


cdef void add_value(Game* game, int64_t start, int64_t end) noexcept nogil:
    cdef void* grown = with_room(game.values, game.num_values, &game.values_room, sizeof(Span))
    if grown == NULL:
        game.failure = NO_MEMORY
        return
    game.values = <Span*> grown
    if game.num_values == MAX_VALUES:
        game.failure = TOO_MANY_VALUES
        return
    game.values[game.num_values] = Span(<uint32_t> start, <uint32_t> end)
    game.num_values += 1


cdef void read_point(Game* game) noexcept nogil:
    """Read the value of a move or of stones; without a bracket it ends behind two letters."""
    cdef int64_t start = skip_blanks(game, game.at + 1), at, end
    at = start
    while at < game.size and game.text[at] != b"]" and not ends_point(game.text[at]):
        at += 1
    if at < game.size and game.text[at] == b"]":
        game.at = at + 1
        while at > start and is_blank(game.text[at - 1]):
            at -= 1
        add_value(game, start, at)
        return
    bend(game, NO_BRACKET, game.at)
    end = start
    while end < at and end - start < 2 and is_letter(game.text[end]):
        end += 1
    game.at = skip_blanks(game, end)
    if end - start == 2:  # a truncated point is not a pass
        add_value(game, start, end)


cdef void read_text(Game* game, bint keeps) noexcept nogil:
    """Read a value up to its bracket, or to the end of the text."""
    cdef int64_t start = game.at + 1, at = game.at + 1
    while at < game.size and game.text[at] != b"]":
        at += 2 if game.text[at] == b"\\" else 1
    if at >= game.size:
        bend(game, NO_BRACKET, game.at)
        at = game.at = game.size
        while at > start and is_blank(game.text[at - 1]):
            at -= 1
        if at > start and game.text[at - 1] == b")":
            at -= 1
        while at > start and game.text[at - 1] == b"\\":
            at -= 1
    else:
        game.at = at + 1
    if keeps:
        add_value(game, start, at)


cdef void read_property(Game* game) noexcept nogil:
    """Read a name and the values after it."""
    cdef int64_t start = game.at, end = game.at
    cdef bint has_lower = False, has_upper = False, moves
    cdef uint64_t name
    while end < game.size and end - start < MAX_NAME and is_letter(game.text[end]):
        has_lower |= game.text[end] > 90
        has_upper |= game.text[end] <= 90
        end += 1
    if has_lower and not has_upper:
        bend(game, LOWER_CASE, start)
    elif has_lower:
        bend(game, LONG, start, start, end - start)
    game.at = skip_blanks(game, end)
    if game.at == game.size or game.text[game.at] != b"[":
        bend(game, NO_VALUE, start, start, end - start)
        return
    name = packed(game.text + start, end - start, not has_upper)
    moves = name == B or name == W
    if game.has_closed or game.wants_node or (moves and game.has_moved):
        if game.has_closed:
            go_on(game, start)
        else:
            bend(game, NO_SEMICOLON, start)
        begin_node(game)
    game.has_moved |= moves
    add_property(game, name, start, end)


cdef void add_property(Game* game, uint64_t name, int64_t start, int64_t end) noexcept nogil:
    cdef int64_t first = game.num_values, i
    cdef void* grown = with_room(
        game.properties, game.num_properties, &game.properties_room, sizeof(Property)
    )
    if grown == NULL or game.failure:
        game.failure = game.failure or NO_MEMORY
        return
    game.properties = <Property*> grown
    while game.at < game.size and game.text[game.at] == b"[" and not game.failure:
        if holds_points(name):
            read_point(game)
        else:
            read_text(game, True)
        game.at = skip_blanks(game, game.at)
    if game.num_values == first:
        return  # its value was truncated
    if is_single(name):
        i = max(<int64_t> game.nodes[game.node].first_property, game.num_properties - DUPLICATES)
        while i < game.num_properties and game.properties[i].name != name:
            i += 1
        if game.num_values - first > 1 or i < game.num_properties:
            bend(game, TWO_VALUES, start, start, end - start)
    game.properties[game.num_properties] = Property(
        name, <uint32_t> start, <uint32_t> (end - start), <uint32_t> first
    )
    game.num_properties += 1


cdef void step(Game* game) noexcept nogil:
    """Read one token."""
    cdef unsigned char c = game.text[game.at]
    if is_blank(c):
        game.at = skip_blanks(game, game.at)
    elif c == b";":
        go_on(game, game.at)
        game.at += 1
        begin_node(game)
    elif is_letter(c):
        read_property(game)
    elif c == b"(":
        if game.wants_node:
            bend(game, NO_SEMICOLON, game.at)
        game.at += 1
        open_parenthesis(game)
    elif c == b")":
        if game.wants_node:
            bend(game, NO_SEMICOLON, game.at)
        game.at += 1
        game.depth -= 1
        game.node = game.open_at[game.depth]
        game.wants_node = False
        game.has_closed = True
    elif c == b"[":
        bend(game, VALUE_ALONE, game.at)
        read_text(game, False)
    else:
        bend(game, JUNK, game.at)
        game.at += 1


cdef void note_rest(Game* game) noexcept nogil:
    """Say what follows the game."""
    cdef int64_t at = game.at
    while at < game.size and (is_blank(game.text[at]) or game.text[at] in (0, 26)):
        at += 1
    if at == game.size:
        return
    if game.text[at] == b"(":
        at = skip_blanks(game, at + 1)
        if at < game.size and game.text[at] == b";":
            bend(game, GAME_AFTER, game.at)
            return
    bend(game, TEXT_AFTER, game.at)


cdef int game_scan(
    Game* game, const unsigned char* text, int64_t size, int64_t start
) noexcept nogil:
    """Scan the first game from `start` on into `game`, which holds nothing.

    Returns:
        0, or why it could not be scanned; `game_free` in either case.
    """
    cdef int64_t at
    memset(game, 0, sizeof(Game))
    game.text, game.size, game.surplus, game.node = text, size, -1, -1
    at = find_start(game, start)
    if at < 0:
        game.failure = NO_START
        return game.failure
    if skip_blanks(game, start) < at and not start:
        bend(game, TEXT_BEFORE, start)
    if text[at] == b";":
        bend(game, NO_OPENING, at)
        game.at = at
    else:
        game.at = at + 1
    open_parenthesis(game)
    while game.at < size and game.depth and not game.failure:
        step(game)
    if game.depth and not game.failure:
        bend(game, NO_CLOSING, game.at)
        if game.wants_node:
            bend(game, NO_SEMICOLON, game.at)
    if not game.num_nodes and not game.failure:
        game.node = -1
        begin_node(game)
    return game.failure


cdef void game_free(Game* game) noexcept nogil:
    free(game.nodes)
    free(game.properties)
    free(game.values)
    free(game.open_at)
    memset(game, 0, sizeof(Game))


cdef int32_t game_first_child(const Game* game, int32_t node) noexcept nogil:
    """The first child of a node, -1 if it has none."""
    if node + 1 < game.num_nodes and game.nodes[node + 1].parent == node:
        return node + 1
    return -1


cdef int64_t properties_start(const Game* game, int32_t node) noexcept nogil:
    """The index of a node's first property."""
    return game.nodes[node].first_property


cdef int64_t properties_end(const Game* game, int32_t node) noexcept nogil:
    """The index behind a node's last property."""
    return game.nodes[node + 1].first_property if node + 1 < game.num_nodes else game.num_properties


cdef int64_t values_end(const Game* game, int64_t index) noexcept nogil:
    """The index behind a property's last value."""
    if index + 1 < game.num_properties:
        return game.properties[index + 1].first_value
    return game.num_values


cdef const Span* game_value(const Game* game, int32_t node, uint64_t name) noexcept nogil:
    """The first value of a node's property by its packed name; NULL if it has none."""
    cdef int64_t i
    for i in range(game.nodes[node].first_property, properties_end(game, node)):
        if game.properties[i].name == name:
            return &game.values[game.properties[i].first_value]
    return NULL


cdef int32_t game_move(
    const Game* game, int32_t node, int width, int height, int* colour
) noexcept nogil:
    """The move of a node as row · width + column, width · height for a pass; -1 for no move.

    What is not a point of the board counts as a pass.
    """
    cdef const Span* value = game_value(game, node, B)
    cdef int column, row
    colour[0] = 1
    if value == NULL:
        value = game_value(game, node, W)
        colour[0] = 2
    if value == NULL:
        return -1
    if value.end - value.start != 2:
        return width * height
    column = (game.text[value.start] | 32) - 97
    row = (game.text[value.start + 1] | 32) - 97
    if 0 <= column < width and 0 <= row < height:
        return row * width + column
    return width * height
