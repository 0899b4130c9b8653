"""Forest: the searches of many games in lockstep, one batch of evaluations at a time.

    while rows := forest.select():
        forest.expand(*evaluate(forest.planes[:rows])[:3])

Select, planes, expand and backup run without the GIL; nothing is allocated between `start` and the
end of a search. Games may differ in size, each inside the frame of the net's planes.
"""

from libc.stdint cimport uint64_t

import numpy as np

from insei.agents.search.batch cimport (
    Batch,
    batch_expand,
    batch_free,
    batch_new,
    batch_part,
    batch_select,
    first_game,
)
from insei.agents.search.cache cimport cache_clear
from insei.agents.search.results cimport (
    candidates_of,
    drawn_move,
    is_decided,
    ownership_after,
    ownership_of,
    target_value,
    variation_of,
    visits_along,
    write_priors,
    write_target,
)
from insei.agents.search.gumbel cimport (
    gumbel_choice,
    gumbel_inner,
    gumbel_root,
)
from insei.agents.search.puct cimport puct, puct_forced, surest
from insei.agents.search.tree cimport (
    Constants,
    Tree,
    tree_advance,
    tree_edge,
    tree_free,
    tree_is_done,
    tree_is_waiting,
    tree_new,
    tree_start,
)
from insei.engine.board cimport MAX_SIDE, next_random
from insei.engine.planes.net_planes cimport NUM_PLANES, lay_out
from insei.engine.position cimport Position
from insei.engine.state cimport state_copy, state_play
from insei.engine.symmetries cimport num_symmetries_of

from insei.agents.net.evaluator import check_shapes
from insei.agents.search.settings import SearchSettings


cdef class Forest:
    """Searches of `num_games` games side by side.

    Args:
        num_games: trees to keep.
        frame_height, frame_width: the net's planes `[C, H, W]`; boards may be smaller.
        settings: how to search; `visits` is also the most that `think` can be asked for.
        seed: equal seeds, nets and settings give equal trees.
        threads: among which the games are shared out; trees are the same with any number.
        parts: into which the games are divided, each with a batch of its own.
        cache: evaluations kept for positions that come again, until `forget`; 0 for none. A
            position is then always seen under the same symmetry.
    """

    cdef Batch* leaves
    cdef readonly int num_games
    cdef readonly int frame_height
    cdef readonly int frame_width
    cdef readonly int parts
    cdef readonly object settings
    cdef readonly object planes  # `[B, C, H, W]` float32, B = num_games · leaves
    cdef float[:, :, :, ::1] out  # the same
    cdef object starts  # a Position of each game's rules and first board, whatever was played on it
    cdef object tables  # action tables by board size
    cdef uint64_t rng

    def __cinit__(
        self,
        int num_games,
        int frame_height,
        int frame_width,
        settings,
        seed,
        int threads=1,
        int parts=1,
        long cache=0,
    ):
        if num_games < 1:
            raise ValueError(f"num_games {num_games}: wanted at least 1")
        if not isinstance(settings, SearchSettings):
            raise ValueError(f"settings {settings!r}: wanted SearchSettings")
        if not (1 <= frame_height <= MAX_SIDE and 1 <= frame_width <= MAX_SIDE):
            raise ValueError(f"frame {frame_width}x{frame_height}: wanted 1 to {MAX_SIDE} a side")
        if not 1 <= threads <= 256:
            raise ValueError(f"threads {threads}: wanted 1 to 256")
        if not 1 <= parts <= num_games:
            raise ValueError(f"parts {parts}: wanted 1 to the {num_games} games")
        if not 0 <= cache <= 2**30:
            raise ValueError(f"cache {cache}: wanted 0 to 2**30")
        self.num_games = num_games
        self.frame_height = frame_height
        self.frame_width = frame_width
        self.parts = parts
        self.settings = settings
        self.rng = seed & 0xFFFFFFFFFFFFFFFF
        self.starts = [None] * num_games
        self.tables = {}
        self.leaves = batch_new(
            num_games, settings.leaves, frame_height, frame_width, threads, parts, cache
        )
        if self.leaves == NULL:
            raise MemoryError
        self.leaves.constants = Constants(
            c_visit=settings.c_visit,
            c_scale=settings.c_scale,
            c_puct=settings.c_puct,
            c_puct_growth=settings.c_puct_growth,
            spread_scale=settings.spread_scale,
            forced=settings.forced,
            fpu_reduction=settings.fpu_reduction,
            score_weight=settings.score_weight,
        )
        self.leaves.is_gumbel = settings.rule == "gumbel"
        self.leaves.random_symmetry = settings.random_symmetry
        self.leaves.noise = settings.noise
        self.leaves.dirichlet_alpha = settings.dirichlet_alpha
        self.leaves.dirichlet_weight = settings.dirichlet_weight
        self.leaves.considered = settings.considered
        self.planes = np.zeros(
            (num_games * settings.leaves, NUM_PLANES, frame_height, frame_width), np.float32
        )
        self.out = self.planes

    def __dealloc__(self):
        batch_free(self.leaves)

    cdef Tree* tree(self, int game) except NULL:
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if self.leaves.trees[game] == NULL:
            raise ValueError(f"game {game} has not been started")
        return self.leaves.trees[game]

    cdef _lay_out(self, int game, int width, int height):
        """Find, or make, the table `[8, A]` of where moves stand under each symmetry."""
        cdef int symmetry
        cdef int[:, ::1] view
        if (width, height) not in self.tables:
            table = np.zeros((8, width * height + 1), np.intc)
            view = table
            for symmetry in range(num_symmetries_of(height, width)):
                lay_out(&view[symmetry, 0], height, width, self.frame_width, symmetry)
                view[symmetry, width * height] = self.frame_height * self.frame_width
            self.tables[width, height] = table
        view = self.tables[width, height]
        self.leaves.action_at[game] = &view[0, 0]

    def start(self, int game, Position position not None, int no_pass_before=0):
        """Seat a game: its tree's root is `position`, and a search of `settings.visits` begins.

        Args:
            position: may be played on by its owner; the forest plays the game by itself.
            no_pass_before: passes are left out of the tree before so many plies, unless nothing
                else is legal; keeps early nets from ending games at once.

        Raises:
            ValueError: its board is larger than the frame.
        """
        cdef int width = position.state.board.width, height = position.state.board.height
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if width > self.frame_width or height > self.frame_height:
            raise ValueError(
                f"board {width}x{height}: wanted at most {self.frame_width}x{self.frame_height}"
            )
        cdef Tree* tree = self.leaves.trees[game]
        if tree == NULL or tree.root.board.width != width or tree.root.board.height != height:
            tree_free(tree)
            tree = self.leaves.trees[game] = tree_new(
                self.settings.visits, width, height, self.frame_height * self.frame_width + 1
            )
            if tree == NULL:
                raise MemoryError
            tree.constants = &self.leaves.constants
            self._lay_out(game, width, height)
        self.starts[game] = position
        tree.no_pass_before = no_pass_before
        tree.select_root = gumbel_root if self.leaves.is_gumbel else puct_forced
        tree.select_inner = gumbel_inner if self.leaves.is_gumbel else puct
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
        if self.leaves.is_gumbel:
            raise ValueError("advance under gumbel: wanted rule puct")
        if self.leaves.num_rows[batch_part(self.leaves, game)] or tree_is_waiting(tree):
            raise ValueError(f"advance of game {game} with leaves out: wanted expand first")
        if tree.num_nodes == 0 or tree_edge(tree, 0, move) < 0:
            now = self.position(game)
            now.play_in_place(move)
        if tree_advance(tree, move) < 0:
            raise MemoryError

    cdef int _part(self, int part) except -1:
        if not 0 <= part < self.parts:
            raise ValueError(f"part {part}: wanted 0 to {self.parts - 1}")
        return part

    def batch(self, int part=0):
        """The planes of the rows that `select` gave out last, `[B, C, H, W]`."""
        cdef int first = first_game(self.leaves, self._part(part), self.parts)
        first *= self.leaves.num_leaves
        return self.planes[first : first + self.leaves.num_rows[part]]

    def select(self, int part=0, int most=0):
        """Select leaves of each unfinished search of a part; write their planes.

        Args:
            most: leaves of each search, 1 to the settings' `leaves`; 0 for all of these.

        Returns:
            B, the rows of `batch(part)` that want an evaluation; 0 once every search is done.

        Raises:
            ValueError: `most` is more than the settings' `leaves`.
        """
        cdef int rows
        self._part(part)
        if not 0 <= most <= self.leaves.num_leaves:
            raise ValueError(f"most {most}: wanted 0 to the {self.leaves.num_leaves} leaves")
        with nogil:
            rows = batch_select(
                self.leaves, part, most or self.leaves.num_leaves, &self.out[0, 0, 0, 0]
            )
        if rows < 0:
            raise MemoryError
        return rows

    def expand(
        self,
        const float[:, ::1] policy not None,
        const float[::1] value not None,
        const float[::1] score not None,
        const float[:, :, ::1] ownership=None,
        int part=0,
    ):
        """Take the evaluations of the rows that `select` returned.

        Args:
            policy: logits `[B, A]`, A = H·W + 1 of the frame.
            value, score: `[B]`, as the player to move sees them.
            ownership: `[B, H, W]` likewise; given where `ownership` is to be asked for.

        Raises:
            ValueError: the shapes differ from these.
        """
        cdef int rows = self.leaves.num_rows[self._part(part)]
        cdef bint has_ownership = ownership is not None
        if (
            policy.shape[0] != rows
            or policy.shape[1] != self.frame_height * self.frame_width + 1
            or value.shape[0] != rows
            or score.shape[0] != rows
            or has_ownership and (
                ownership.shape[0] != rows
                or ownership.shape[1] != self.frame_height
                or ownership.shape[2] != self.frame_width
            )
        ):
            check_shapes(
                rows, self.frame_height, self.frame_width, policy, value, score, ownership
            )
        if not rows:
            return
        with nogil:
            batch_expand(
                self.leaves, part, &policy[0, 0], &value[0], &score[0],
                &ownership[0, 0, 0] if has_ownership else NULL,
            )

    def forget(self):
        """Forget all evaluations that were kept: a new net answers from now on."""
        for block in range(self.parts * self.leaves.threads):
            if self.leaves.caches[block] != NULL:
                cache_clear(self.leaves.caches[block])

    def look_ups(self):
        """How many evaluations were found, and how many were looked for, in the cache."""
        hits = total = 0
        for block in range(self.parts * self.leaves.threads):
            if self.leaves.caches[block] != NULL:
                hits += self.leaves.caches[block].hits
                total += self.leaves.caches[block].hits + self.leaves.caches[block].misses
        return hits, total

    def done(self, int part=0):
        """The games of a part that were started and have run all their simulations, in order."""
        cdef int first = first_game(self.leaves, self._part(part), self.parts)
        cdef int end = first_game(self.leaves, part + 1, self.parts), game
        cdef Tree** trees = self.leaves.trees
        return [
            game for game in range(first, end) if trees[game] != NULL and tree_is_done(trees[game])
        ]

    def choose(self, int game):
        """The move that the finished search prefers, by its root rule."""
        cdef Tree* tree = self._searched(game)
        if self.leaves.is_gumbel:
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
        write_target(tree, self.leaves.is_gumbel, self.leaves.action_at[game], &out[0])
        return target

    def priors(self, int game):
        """The net's policy at the root, as the search has it, float32 `[A]` in the net's order."""
        cdef Tree* tree = self._searched(game)
        found = np.zeros(self.frame_height * self.frame_width + 1, np.float32)
        cdef float[::1] out = found
        write_priors(tree, self.leaves.action_at[game], &out[0])
        return found

    def draw(self, int game, double temperature, double number):
        """A root move drawn from the priors to the power of 1 / temperature.

        Args:
            temperature: above 0.
            number: in [0, 1); equal numbers draw equal moves.

        Raises:
            ValueError: a number is outside what is said beside it.
        """
        if not temperature > 0:
            raise ValueError(f"temperature {temperature:g}: wanted above 0")
        if not 0 <= number < 1:
            raise ValueError(f"number {number:g}: wanted 0, to below 1")
        return drawn_move(self._searched(game), 1 / temperature, number)

    def values(self, int game):
        """The net's win minus loss at the root, and the search's utility; the mover's view.

        The latter is that of a mover who plays by `improved_policy`.
        """
        cdef Tree* tree = self._searched(game)
        return tree.nodes[0].prior_value, target_value(tree, self.leaves.is_gumbel)

    def is_decided(self, int game, int visits_left):
        """Whether the most visited move can't be overtaken in so many simulations more.

        Said only where it is the surest so far as well: it is what `choose` gives. Now and then the
        simulations saved would have made another the surest. Never said under Gumbel, whose plan is
        fixed beforehand.
        """
        cdef Tree* tree = self.tree(game)
        if self.leaves.is_gumbel or tree.num_nodes == 0:
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

    def visits_along(self, int game, moves):
        """How often the search went along each of a line's moves; 0 where it never did."""
        return visits_along(self._searched(game), moves)

    def ownership(self, int game):
        """Mean ownership over the leaves evaluated since the root was set, `[h, w]` of the board.

        As the root's mover sees it, -1 to 1; all 0 where `expand` was given none.
        """
        return ownership_of(self.tree(game))

    def ownership_after(self, int game, int move):
        """The same over the leaves below the root's `move`; None where it had no such leaf.

        Raises:
            ValueError: `move` is none of the root's.
        """
        cdef Tree* tree = self._searched(game)
        if tree_edge(tree, 0, move) < 0:
            raise ValueError(f"move {move}: wanted one of the root's candidates")
        return ownership_after(tree, move)

    def position(self, int game):
        """A Position of where the game stands."""
        cdef Tree* tree = self.tree(game)
        cdef Position position = self.starts[game].copy()
        if state_copy(position.state, tree.root) < 0:
            raise MemoryError
        return position
