"""Forest: the searches of many games in lockstep, one batch of evaluations at a time.

    while rows := forest.select():
        forest.expand(*evaluate(forest.planes[:rows])[:3])

Select, planes, expand and backup run without the GIL; nothing is allocated between `start` and the
end of a search. Games may differ in size, each inside the frame of the net's planes.
"""

from cython.parallel cimport prange
from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memmove

import numpy as np

from agents.findings cimport (
    candidates_of,
    is_decided,
    ownership_of,
    variation_of,
    write_target,
)
from agents.gumbel cimport (
    gumbel_choice,
    gumbel_inner,
    gumbel_root,
    tree_make_noise,
    tree_plan_halving,
)
from agents.puct cimport puct, puct_forced, surest, tree_mix_dirichlet
from agents.tree cimport (
    Tree,
    tree_add_ownership,
    tree_advance,
    tree_edge,
    tree_expand,
    tree_free,
    tree_is_done,
    tree_new,
    tree_select,
    tree_start,
)
from engine.board cimport next_random
from engine.planes cimport PLANES, lay_out, write_state_planes
from engine.position cimport Position
from engine.state cimport state_copy, state_is_over, state_play

from agents.search_settings import SearchSettings

ctypedef struct Leaf:
    int game
    int node
    int symmetry


cdef class Forest:
    """Searches of `num_games` games side by side.

    Args:
        num_games: trees to keep.
        frame_height, frame_width: the net's planes `[C, H, W]`; boards may be smaller.
        settings: how to search; `visits` is also the most that `think` can be asked for.
        seed: equal seeds, nets and settings give equal trees.
        threads: among which the games are shared out; trees are the same with any number.
    """

    cdef Tree** trees
    cdef Leaf* leaves
    cdef readonly int num_games
    cdef readonly int frame_height
    cdef readonly int frame_width
    cdef readonly object settings
    cdef readonly object planes  # `[B, C, H, W]` float32, B = num_games · leaves
    cdef object starts  # the Position each game began with
    cdef object tables  # action tables by board size
    cdef const int** action_at
    cdef int num_rows
    cdef int threads
    cdef int* first_row  # `[threads]`, of each block of games
    cdef int* rows  # `[threads]`, how many
    cdef Py_ssize_t row_size  # numbers in a row of the planes
    cdef int num_leaves
    cdef bint is_gumbel
    cdef bint random_symmetry
    cdef float noise
    cdef float dirichlet_alpha
    cdef float dirichlet_weight
    cdef int considered
    cdef uint64_t rng

    def __cinit__(
        self, int num_games, int frame_height, int frame_width, settings, seed, int threads=1
    ):
        if num_games < 1:
            raise ValueError(f"num_games {num_games}: wanted at least 1")
        if not isinstance(settings, SearchSettings):
            raise ValueError(f"settings {settings!r}: wanted SearchSettings")
        if not 1 <= threads <= 256:
            raise ValueError(f"threads {threads}: wanted 1 to 256")
        self.num_games = num_games
        self.frame_height = frame_height
        self.frame_width = frame_width
        self.settings = settings
        self.threads = min(threads, num_games)
        self.row_size = PLANES * frame_height * frame_width
        self.num_leaves = settings.leaves
        self.noise = settings.noise
        self.dirichlet_alpha = settings.dirichlet_alpha
        self.dirichlet_weight = settings.dirichlet_weight
        self.considered = settings.considered
        self.is_gumbel = settings.rule == "gumbel"
        self.random_symmetry = settings.random_symmetry
        self.rng = seed & 0xFFFFFFFFFFFFFFFF
        self.starts = [None] * num_games
        self.tables = {}
        self.trees = <Tree**>calloc(num_games, sizeof(Tree*))
        self.leaves = <Leaf*>calloc(num_games * settings.leaves, sizeof(Leaf))
        self.action_at = <const int**>calloc(num_games, sizeof(int*))
        self.first_row = <int*>calloc(self.threads, sizeof(int))
        self.rows = <int*>calloc(self.threads, sizeof(int))
        if (
            self.trees == NULL or self.leaves == NULL or self.action_at == NULL
            or self.first_row == NULL or self.rows == NULL
        ):
            raise MemoryError
        self.planes = np.zeros(
            (num_games * settings.leaves, PLANES, frame_height, frame_width), np.float32
        )

    def __dealloc__(self):
        cdef int game
        if self.trees != NULL:
            for game in range(self.num_games):
                tree_free(self.trees[game])
        free(self.trees)
        free(self.leaves)
        free(self.action_at)
        free(self.first_row)
        free(self.rows)

    cdef Tree* tree(self, int game) except NULL:
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if self.trees[game] == NULL:
            raise ValueError(f"game {game} has not been started")
        return self.trees[game]

    cdef _lay_out(self, int game, int width, int height):
        """Find, or make, the table `[8, A]` of where moves stand under each symmetry."""
        cdef int symmetry
        cdef int[:, ::1] view
        if (width, height) not in self.tables:
            table = np.zeros((8, width * height + 1), np.intc)
            view = table
            for symmetry in range(8 if width == height else 4):
                lay_out(&view[symmetry, 0], height, width, self.frame_width, symmetry)
                view[symmetry, width * height] = self.frame_height * self.frame_width
            self.tables[width, height] = table
        view = self.tables[width, height]
        self.action_at[game] = &view[0, 0]

    def start(self, int game, Position position, int no_pass_before=0):
        """Seat a game: its tree's root is `position`, and a search of `settings.visits` begins.

        Args:
            no_pass_before: passes are left out of the tree before so many plies, unless nothing
                else is legal; keeps early nets from ending games at once.

        Raises:
            ValueError: the game is over, or its board is larger than the frame.
        """
        cdef int width = position.state.board.width, height = position.state.board.height
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if width > self.frame_width or height > self.frame_height:
            raise ValueError(
                f"board {width}x{height}: wanted at most {self.frame_width}x{self.frame_height}"
            )
        cdef Tree* tree = self.trees[game]
        if tree == NULL or tree.root.board.width != width or tree.root.board.height != height:
            tree_free(tree)
            tree = self.trees[game] = tree_new(self.settings.visits, width, height)
            if tree == NULL:
                raise MemoryError
        self._lay_out(game, width, height)
        self.starts[game] = position
        tree.c_visit = self.settings.c_visit
        tree.c_scale = self.settings.c_scale
        tree.c_puct = self.settings.c_puct
        tree.c_puct_growth = self.settings.c_puct_growth
        tree.spread_scale = self.settings.spread_scale
        tree.forced = self.settings.forced
        tree.fpu_reduction = self.settings.fpu_reduction
        tree.score_weight = self.settings.score_weight
        tree.no_pass_before = no_pass_before
        tree.select_root = gumbel_root if self.is_gumbel else puct_forced
        tree.select_inner = gumbel_inner if self.is_gumbel else puct
        tree.rng = next_random(&self.rng)
        tree.num_visits = self.settings.visits
        if state_copy(tree.root, position.state) < 0 or tree_start(tree) < 0:
            raise MemoryError

    def think(self, int game, int visits):
        """Begin a new search of `visits` simulations from where the game stands.

        Raises:
            ValueError: `visits` is not within 1 and the settings' `visits`.
        """
        self.extend(game, visits)
        if tree_start(self.tree(game)) < 0:
            raise MemoryError

    def extend(self, int game, int visits):
        """Let the present search go on until its root has had `visits` simulations, or end there.

        Raises:
            ValueError: `visits` is not within 1 and the settings' `visits`.
        """
        cdef Tree* tree = self.tree(game)
        if not 1 <= visits <= self.settings.visits:
            raise ValueError(f"visits {visits}: wanted 1 to {self.settings.visits}")
        tree.num_visits = visits

    def play(self, int game, int move):
        """Play `move` in a game; its next search begins, unless the game is over.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
        """
        cdef Tree* tree = self.tree(game)
        cdef Position now
        if tree.num_nodes == 0 or tree_edge(tree, 0, move) < 0:
            now = self.position(game)
            now.play_in_place(move)
        if state_play(tree.root, move) < 0 or tree_start(tree) < 0:
            raise MemoryError

    def advance(self, int game, int move):
        """Play `move` and go on with what was searched below it; for PUCT, in play.

        The root's evaluation is kept as it is, without new noise, and the simulations kept count
        among those of the next search.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
            ValueError: the rule is Gumbel, whose root plans its simulations from the first on, or
                leaves that `select` gave out have not come back.
        """
        cdef Tree* tree = self.tree(game)
        cdef Position now
        if self.is_gumbel:
            raise ValueError("advance under gumbel: wanted rule puct")
        if self.num_rows:
            raise ValueError(f"advance with {self.num_rows} leaves out: wanted expand first")
        if tree.num_nodes == 0 or tree_edge(tree, 0, move) < 0:
            now = self.position(game)
            now.play_in_place(move)
        if tree_advance(tree, move) < 0:
            raise MemoryError

    def select(self):
        """Select up to `leaves` leaves of each unfinished search and write their planes.

        Returns:
            B, the rows of `planes` that want an evaluation; 0 once every search is done.
        """
        cdef float[:, :, :, ::1] out = self.planes
        cdef int num_threads = self.threads
        cdef int block
        with nogil:
            for block in prange(num_threads, num_threads=num_threads, schedule="static"):
                self._select_block(block, &out[0, 0, 0, 0])
        self._close_gaps(&out[0, 0, 0, 0])
        return self.num_rows

    cdef void _select_block(self, int block, float* out) noexcept nogil:
        """Select from one thread's games; their rows begin where all games before would end."""
        cdef int first = block * self.num_games // self.threads
        cdef int last = (block + 1) * self.num_games // self.threads
        cdef int row = first * self.num_leaves
        cdef int game, node
        cdef Tree* tree
        self.first_row[block] = row
        for game in range(first, last):
            tree = self.trees[game]
            if tree == NULL or state_is_over(tree.root):
                continue
            for _ in range(self.num_leaves):
                node = tree_select(tree)
                if node == -3:
                    self.rows[block] = -1
                    return
                if node < 0:
                    break
                self._give_out(game, node, row, out + row * self.row_size)
                row += 1
        self.rows[block] = row - self.first_row[block]

    cdef void _give_out(self, int game, int node, int row, float* out) noexcept nogil:
        """Note a leaf, and write its planes under a symmetry of its own."""
        cdef Tree* tree = self.trees[game]
        cdef int symmetry = 0
        if self.random_symmetry:
            symmetry = next_random(&tree.rng) % (
                8 if tree.root.board.width == tree.root.board.height else 4
            )
        write_state_planes(
            tree.scratch, out, self.frame_height, self.frame_width, symmetry & 4,
            self.targets(game, symmetry), tree.legal,
        )
        self.leaves[row] = Leaf(game, node, symmetry)

    cdef _close_gaps(self, float* out):
        """Bring the blocks' rows together, in the games' order."""
        cdef int block, row = 0
        for block in range(self.threads):
            if self.rows[block] < 0:
                raise MemoryError
            if self.first_row[block] != row:
                memmove(
                    out + row * self.row_size,
                    out + self.first_row[block] * self.row_size,
                    self.rows[block] * self.row_size * sizeof(float),
                )
                memmove(
                    &self.leaves[row],
                    &self.leaves[self.first_row[block]],
                    self.rows[block] * sizeof(Leaf),
                )
                self.first_row[block] = row
            row += self.rows[block]
        self.num_rows = row

    cdef inline const int* targets(self, int game, int symmetry) noexcept nogil:
        """Where each move of a game stands in the net's policy, and each point in its planes."""
        cdef const Tree* tree = self.trees[game]
        cdef int num_points = tree.root.board.width * tree.root.board.height
        return self.action_at[game] + symmetry * (num_points + 1)

    def expand(
        self,
        const float[:, ::1] policy not None,
        const float[::1] value not None,
        const float[::1] score not None,
        const float[:, :, ::1] ownership=None,
    ):
        """Take the evaluations of the rows that `select` returned.

        Args:
            policy: logits `[B, A]`, A = H·W + 1 of the frame.
            value, score: `[B]`, as the player to move sees them.
            ownership: `[B, H, W]` likewise; given where `ownership` is to be asked for.

        Raises:
            ValueError: the shapes differ from these.
        """
        cdef int actions = self.frame_height * self.frame_width + 1
        if (
            policy.shape[0] != self.num_rows
            or policy.shape[1] != actions
            or value.shape[0] != self.num_rows
            or score.shape[0] != self.num_rows
        ):
            raise ValueError(
                f"policy [{policy.shape[0]}, {policy.shape[1]}], value [{value.shape[0]}], "
                f"score [{score.shape[0]}]: wanted B = {self.num_rows} and A = {actions}"
            )
        cdef bint has_ownership = ownership is not None
        if has_ownership and (
            ownership.shape[0] != self.num_rows
            or ownership.shape[1] != self.frame_height
            or ownership.shape[2] != self.frame_width
        ):
            raise ValueError(
                f"ownership [{ownership.shape[0]}, {ownership.shape[1]}, {ownership.shape[2]}]: "
                f"wanted [{self.num_rows}, {self.frame_height}, {self.frame_width}]"
            )
        cdef int num_threads = self.threads
        cdef int block, row, first
        with nogil:
            for block in prange(num_threads, num_threads=num_threads, schedule="static"):
                first = self.first_row[block]
                for row in range(first, first + self.rows[block]):
                    self._take(
                        self.leaves[row],
                        &policy[row, 0],
                        value[row],
                        score[row],
                        &ownership[row, 0, 0] if has_ownership else NULL,
                    )
        self.num_rows = 0

    cdef void _take(
        self, Leaf leaf, const float* policy, float value, float score, const float* ownership
    ) noexcept nogil:
        """Give a leaf its evaluation, and a root what its rule wants besides."""
        cdef Tree* tree = self.trees[leaf.game]
        cdef const int* actions_at = self.targets(leaf.game, leaf.symmetry)
        tree_expand(tree, leaf.node, policy, actions_at, value, score)
        if ownership != NULL:
            tree_add_ownership(tree, leaf.node, ownership, actions_at)
        if leaf.node != 0:
            return
        if self.is_gumbel:
            tree_make_noise(tree, self.noise)
            tree_plan_halving(tree, self.considered)
        else:
            tree_mix_dirichlet(tree, self.dirichlet_alpha, self.dirichlet_weight)

    def is_done(self, int game):
        """Whether the game's search has run all its simulations."""
        return tree_is_done(self.tree(game))

    def is_over(self, int game):
        """Whether two passes have ended the game."""
        return state_is_over(self.tree(game).root)

    def choose(self, int game):
        """The move that the finished search prefers, by its root rule."""
        cdef Tree* tree = self._searched(game)
        if self.is_gumbel:
            return tree.moves[gumbel_choice(tree)]
        return tree.moves[surest(tree, self.settings.deviations)]

    cdef Tree* _searched(self, int game) except NULL:
        cdef Tree* tree = self.tree(game)
        if tree.num_nodes == 0 or not tree.nodes[0].is_evaluated:
            raise ValueError(f"game {game} has not been searched yet")
        return tree

    def improved_policy(self, int game):
        """The policy target, float32 `[A]` in the net's order.

        Softmax of logit plus sigma of the completed values under Gumbel, the visits' shares, less
        those that were forced, under PUCT; where nothing was visited, the priors.
        """
        cdef Tree* tree = self._searched(game)
        target = np.zeros(self.frame_height * self.frame_width + 1, np.float32)
        cdef float[::1] out = target
        write_target(tree, self.is_gumbel, self.action_at[game], &out[0])
        return target

    def values(self, int game):
        """The net's win minus loss at the root, and the searched utility; the mover's view."""
        cdef Tree* tree = self._searched(game)
        return tree.nodes[0].prior_value, tree.nodes[0].value_sum / tree.nodes[0].visits

    def is_decided(self, int game, int visits_left):
        """Whether so many simulations more can't change which move `choose` gives.

        True of the most visited move where it is also the surest, and so far ahead that the second
        can't overtake it. Under Gumbel, whose plan is fixed beforehand, it is never said.
        """
        cdef Tree* tree = self.tree(game)
        if self.is_gumbel or tree.num_nodes == 0:
            return False
        return is_decided(tree, visits_left, self.settings.deviations)

    def num_visits(self, int game):
        """Simulations that the root has seen, its own evaluation not counted."""
        cdef Tree* tree = self.tree(game)
        return max(0, tree.nodes[0].visits - 1) if tree.num_nodes else 0

    def outlook(self, int game):
        """Mean win minus loss, and mean score in points, over the search; the mover's view."""
        cdef Tree* tree = self._searched(game)
        cdef int visits = tree.nodes[0].visits
        return tree.nodes[0].win_sum / visits, tree.nodes[0].score_sum / visits

    def candidates(self, int game):
        """Each root move as a `Candidate`, most visited first."""
        return candidates_of(self._searched(game), self.settings.deviations)

    def variation(self, int game, int move, int length=20):
        """The moves that the search expects after `move`, which comes first; at most `length`.

        Raises:
            ValueError: `move` is none of the root's.
        """
        return variation_of(self._searched(game), move, length)

    def ownership(self, int game):
        """Mean ownership over the leaves evaluated since the root was set, `[h, w]` of the board.

        As the root's mover sees it, -1 to 1; all 0 where `expand` was given none.
        """
        return ownership_of(self.tree(game))

    def position(self, int game):
        """A Position of where the game stands."""
        cdef Tree* tree = self.tree(game)
        cdef Position position = self.starts[game].copy()
        if state_copy(position.state, tree.root) < 0:
            raise MemoryError
        return position
