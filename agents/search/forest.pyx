"""Forest: the searches of many games in lockstep, one batch of evaluations at a time.

    while rows := forest.select():
        forest.expand(*evaluate(forest.planes[:rows])[:3])

Select, planes, expand and backup run without the GIL; nothing is allocated between `start` and the
end of a search. Games may differ in size, each inside the frame of the net's planes. The forest
owns its games: it plays their moves, and says how they stand.
"""

from libc.stdint cimport uint64_t

import numpy as np

from insei.agents.search.batch cimport (
    Batch, action_table, batch_clear_caches, batch_count_lookups, batch_expand, batch_free,
    batch_new, batch_part, batch_select, check_batch, constants_of, first_game, set_avoided
)
from insei.agents.search.gumbel cimport GUMBEL
from insei.agents.search.puct cimport PUCT
from insei.agents.search.results cimport (
    candidates_of, drawn_move, ownership_after, ownership_of, root_planes, root_policy,
    value_of_shares, variation_of, visits_along, write_shares)
from insei.agents.search.tree cimport (
    Node, RootRule, Tree, tree_advance, tree_edge, tree_free, tree_is_done, tree_is_waiting,
    tree_new, tree_start
)
from insei.engine.board cimport MAX_POINTS, next_random
from insei.engine.planes.extra_planes cimport num_extra
from insei.engine.planes.net_planes cimport NUM_PLANES
from insei.engine.position cimport Position
from insei.engine.state cimport state_copy, state_play
from insei.engine.state_door cimport numbers_of

from insei.agents.net.evaluator import check_shapes
from insei.agents.search.analysis import SearchedPly, divergence
from insei.agents.search.settings import SearchSettings


cdef class Forest:
    """Searches of `num_games` games side by side.

    Args:
        num_games: trees to keep.
        frame_height, frame_width: the net's planes `[C, H, W]`; boards may be smaller.
        settings: how to search; `visits` is also the most that one search may be asked for.
        seed: equal seeds, nets and settings give equal trees.
        threads: share the games of a part; trees are the same with any number.
        parts: into which the games are divided, each with a batch of its own.
        cache: evaluations kept for positions that come again, until `clear_cache`; 0 for none. A
            position is then always seen under the same symmetry.
        groups: of extra planes that the net sees, as bits.

    Attributes:
        planes: `[num_games · leaves, C, H, W]` float32, the rows that `select` writes.

    Raises:
        ValueError: an argument is out of bounds.
    """

    cdef Batch* batches
    cdef readonly int num_games, frame_height, frame_width, parts
    cdef int num_actions  # of the frame
    cdef int most_visits  # of a search
    cdef bint is_busy  # with the GIL let go: another thread that comes is told so
    cdef readonly object settings
    cdef readonly object planes  # `[B, C, H, W]` float32, B = num_games · leaves
    cdef float[:, :, :, ::1] out  # the same memory
    cdef const RootRule* rule
    cdef list games  # Positions, each the root of its tree; None where no game was started
    cdef dict tables  # of `action_table`, by board size
    cdef uint64_t rng

    def __cinit__(
        self, int num_games, int frame_height, int frame_width, settings, seed,
        int threads=1, int parts=1, long cache=0, int groups=0,
    ):
        check_batch(num_games, frame_height, frame_width, threads, parts, cache, groups)
        if type(settings) is not SearchSettings:  # a subclass could answer otherwise each time
            raise ValueError(f"settings {settings!r}: wanted SearchSettings")
        settings.__post_init__()  # pickle checks no values
        self.num_games = num_games
        self.frame_height = frame_height
        self.frame_width = frame_width
        self.num_actions = frame_height * frame_width + 1
        self.parts = parts
        self.most_visits = settings.visits
        self.settings = settings
        self.rng = seed & 0xFFFFFFFFFFFFFFFF
        self.rule = &GUMBEL if settings.rule == "gumbel" else &PUCT
        self.games = [None] * num_games
        self.tables = {}
        self.batches = batch_new(
            num_games, settings.leaves, frame_height, frame_width, groups, threads, parts,
            cache,
        )
        if self.batches == NULL:
            raise MemoryError
        self.batches.constants = constants_of(settings)
        self.batches.random_symmetry = settings.random_symmetry
        rows, planes = num_games * self.batches.num_leaves, NUM_PLANES + num_extra(groups)
        self.planes = np.zeros((rows, planes, frame_height, frame_width), np.float32)
        self.out = self.planes

    def __dealloc__(self):
        batch_free(self.batches)

    cdef int _check_free(self) except -1:
        if self.is_busy:
            raise RuntimeError("the forest is in use: wanted one thread at a time")
        return 0

    cdef Tree* tree(self, int game) except NULL:
        self._check_free()
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if self.batches.trees[game] == NULL:
            raise ValueError(f"game {game} has not been started")
        return self.batches.trees[game]

    cdef Tree* _make_tree(self, int game, Position position) except NULL:
        """Replace a game's tree by one of the position's board size."""
        cdef int width = position.state.board.width, height = position.state.board.height
        cdef int[:, ::1] table
        if (width, height) not in self.tables:
            self.tables[width, height] = action_table(self.batches, width, height)
        table = self.tables[width, height]
        cdef Position root = position._copy()
        cdef Tree* tree = tree_new(self.most_visits, width, height, self.num_actions)
        if tree == NULL:
            raise MemoryError
        tree.constants = &self.batches.constants
        tree.rule = self.rule
        tree.root = root.state
        tree_free(self.batches.trees[game])
        self.batches.trees[game] = tree
        self.games[game] = root
        self.batches.action_at[game] = &table[0, 0]
        return tree

    def start(self, int game, Position position not None, int no_pass_before=0, avoided=None):
        """Begin a game at `position`, and a search of `settings.visits` simulations.

        Args:
            position: is copied.
            no_pass_before: the tree leaves passes out before so many plies, unless nothing else is
                legal; this keeps early nets from ending games at once.
            avoided: by colour, moves that the tree leaves out, each with the plies for which it
                does, 1 for the root alone: {BLACK: {40: 1}}. Where no move would be left, all are
                kept. Holds until the game's next move.

        Raises:
            ValueError: its board is larger than the frame, or a colour or move does not exist.
        """
        cdef int width = position.state.board.width, height = position.state.board.height
        if not 0 <= game < self.num_games:
            raise ValueError(f"game {game}: wanted 0 to {self.num_games - 1}")
        if width > self.frame_width or height > self.frame_height:
            most = f"{self.frame_width}x{self.frame_height}"
            raise ValueError(f"board {width}x{height}: wanted at most {most}")
        self._check_free()
        cdef Position root
        cdef Tree* tree = self.batches.trees[game]
        if tree != NULL and tree.root.board.width == width and tree.root.board.height == height:
            root = self._root(game)  # whose memory the new game takes
            if state_copy(root.state, position.state) < 0:
                raise MemoryError
            root._rules = position._rules
        else:
            self.is_busy = True  # until it holds a tree again
            try:
                tree = self._make_tree(game, position)
            finally:
                self.is_busy = False
        tree.no_pass_before = no_pass_before
        set_avoided(tree, avoided or {})
        tree.rng = next_random(&self.rng)
        tree.num_visits = self.most_visits
        if tree_start(tree) < 0:
            raise MemoryError

    def begin_search(self, int game, int visits):
        """Begin a new search of `visits` simulations where the game stands.

        Raises:
            ValueError: `visits` is not within 1 and the settings' `visits`.
        """
        self.set_visits(game, visits)
        if tree_start(self.tree(game)) < 0:
            raise MemoryError

    def set_visits(self, int game, int visits):
        """Let the present search end once its root has had `visits` simulations.

        Raises:
            ValueError: `visits` is not within 1 and the settings' `visits`.
        """
        cdef Tree* tree = self.tree(game)
        if not 1 <= visits <= self.most_visits:
            raise ValueError(f"visits {visits}: wanted 1 to {self.most_visits}")
        tree.num_visits = visits

    def play(self, int game, int move):
        """Play `move` in a game; its next search begins, unless the game is over.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
        """
        cdef Tree* tree = self._tree_to_play(game, move)
        tree.avoids_until = 0
        if state_play(tree.root, move) < 0 or tree_start(tree) < 0:
            raise MemoryError

    def advance(self, int game, int move):
        """Play `move` and go on with what was searched below it; for PUCT, in play.

        The new root keeps its evaluation and gets no new noise. The simulations kept count among
        those of the next search.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
            ValueError: the rule is Gumbel, or leaves that `select` gave out have not come back.
        """
        cdef Tree* tree = self.tree(game)
        if not tree.rule.keeps_subtree:
            raise ValueError(f"advance under {self.settings.rule}: wanted rule puct")
        if self.batches.num_rows[batch_part(self.batches, game)] or tree_is_waiting(tree):
            raise ValueError(f"advance of game {game} with leaves out: wanted expand first")
        if tree_advance(self._tree_to_play(game, move), move) < 0:
            raise MemoryError

    cdef Tree* _tree_to_play(self, int game, int move) except NULL:
        """The tree of a game in which `move` is legal; an edge of the root is."""
        cdef Tree* tree = self.tree(game)
        cdef Position root = self._root(game)
        if (tree.num_nodes == 0 or tree_edge(tree, 0, move) < 0) and not root.is_legal(move):
            root._refuse(move)
        return tree

    def position(self, int game):
        """A copy of the game as it stands."""
        return self._root(game)._copy()

    cdef Position _root(self, int game):
        self.tree(game)
        return self.games[game]

    def num_moves(self, int game):
        """How many moves were played, those before `start` included."""
        return self.tree(game).root.num_moves

    def to_play(self, int game):
        """Who moves next, BLACK or WHITE."""
        return self.tree(game).root.to_play

    def is_over(self, int game):
        """Whether the rules have ended the game; see `Position.is_over`."""
        return self._root(game).is_over

    def is_settled(self, int game):
        """Whether every point is alive for good; see `Position.is_settled`."""
        return self._root(game).is_settled()

    cdef int _part(self, int part) except -1:
        self._check_free()
        if not 0 <= part < self.parts:
            raise ValueError(f"part {part}: wanted 0 to {self.parts - 1}")
        return part

    def batch(self, int part=0):
        """The planes of the rows that `select` gave out last, `[B, C, H, W]`."""
        cdef int first = first_game(self.batches, self._part(part), self.parts)
        first *= self.batches.num_leaves
        return self.planes[first : first + self.batches.num_rows[part]]

    def select(self, int part=0, int most=0):
        """Select leaves of each unfinished search of a part; write their planes.

        Args:
            most: leaves of each search, 1 to the settings' `leaves`; 0 for all of them.

        Returns:
            B, how many rows of `batch(part)` to evaluate; 0 once every search is done.

        Raises:
            ValueError: `most` is more than the settings' `leaves`.
        """
        cdef int rows
        self._part(part)
        if not 0 <= most <= self.batches.num_leaves:
            raise ValueError(f"most {most}: wanted 0 to the {self.batches.num_leaves} leaves")
        self.is_busy = True
        with nogil:
            rows = batch_select(
                self.batches, part, most or self.batches.num_leaves, &self.out[0, 0, 0, 0]
            )
        self.is_busy = False
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
        """Give the leaves that `select` returned their evaluations, and back these up.

        Args:
            policy: logits `[B, A]`, A = H·W + 1 of the frame.
            value, score: `[B]`, as the player to move sees them.
            ownership: `[B, H, W]` likewise; None if nobody will ask for `ownership`.

        Raises:
            ValueError: the shapes differ from these.
        """
        cdef int rows = self.batches.num_rows[self._part(part)]
        cdef bint has_ownership = ownership is not None
        if (
            policy.shape[0] != rows or policy.shape[1] != self.num_actions
            or value.shape[0] != rows or score.shape[0] != rows
            or has_ownership and (
                ownership.shape[0] != rows or ownership.shape[1] != self.frame_height
                or ownership.shape[2] != self.frame_width
            )
        ):
            check_shapes(rows, self.frame_height, self.frame_width, policy, value, score, ownership)
        if not rows:
            return
        self.is_busy = True
        with nogil:
            batch_expand(
                self.batches, part, &policy[0, 0], &value[0], &score[0],
                &ownership[0, 0, 0] if has_ownership else NULL,
            )
        self.is_busy = False

    def clear_cache(self):
        """Drop all cached evaluations: a new net answers from now on."""
        self._check_free()
        batch_clear_caches(self.batches)

    def cache_lookups(self):
        """How many evaluations were found in the cache, and how many were looked for."""
        cdef long hits, total
        batch_count_lookups(self.batches, &hits, &total)
        return hits, total

    def done(self, int part=0):
        """The games of a part whose searches have run all their simulations, in order."""
        cdef int first = first_game(self.batches, self._part(part), self.parts)
        cdef int end = first_game(self.batches, part + 1, self.parts), game
        cdef Tree** trees = self.batches.trees
        return [
            game for game in range(first, end) if trees[game] != NULL and tree_is_done(trees[game])
        ]

    def choose(self, int game):
        """The move that the finished search prefers, by its root rule."""
        cdef Tree* tree = self._searched(game)
        return tree.moves[tree.rule.best_edge(tree)]

    cdef Tree* _searched(self, int game) except NULL:
        cdef Tree* tree = self.tree(game)
        if tree.num_nodes == 0 or not tree.nodes[0].is_evaluated:
            raise ValueError(f"game {game} has not been searched yet")
        return tree

    cdef _by_move(self, int game, const float* shares):
        """A number for each of the root's edges, as float32 `[A]` in the net's order."""
        found = np.zeros(self.num_actions, np.float32)
        cdef float[::1] out = found
        write_shares(self.batches.trees[game], shares, self.batches.action_at[game], &out[0])
        return found

    def policy_target(self, int game):
        """What the policy is to learn from the search, float32 `[A]` in the net's order.

        Under Gumbel, softmax of logit plus sigma of the completed values. Under PUCT, the shares of
        the visits without the forced ones; the priors where nothing was visited.
        """
        cdef Tree* tree = self._searched(game)
        cdef float[MAX_POINTS + 1] shares
        tree.rule.write_policy_target(tree, shares)
        return self._by_move(game, shares)

    def priors(self, int game):
        """The net's policy at the root, with PUCT's noise, float32 `[A]` in the net's order."""
        cdef Tree* tree = self._searched(game)
        return self._by_move(game, &tree.priors[tree.nodes[0].first_edge])

    def policy(self, int game):
        """`priors` in the order of the game's moves, `[H·W + 1]`, those of avoided moves too."""
        return root_policy(self._searched(game))

    def searched_ply(self, int game, bint with_surprise=False):
        """All that is recorded of a finished search, as a `SearchedPly`.

        Args:
            with_surprise: whether to compute the policy's surprise, which is 0 else.
        """
        cdef Tree* tree = self._searched(game)
        cdef float[MAX_POINTS + 1] shares
        tree.rule.write_policy_target(tree, shares)
        policy = self._by_move(game, shares)
        return SearchedPly(
            tree.root.num_moves,
            tree.root.to_play,
            *root_planes(tree, self.frame_height, self.frame_width, self.batches.action_at[game]),
            policy,
            tree.nodes[0].prior_value,
            value_of_shares(tree, shares),
            divergence(policy, self.priors(game)) if with_surprise else 0.0,
        )

    def draw(self, int game, double temperature, double number):
        """A root move drawn from the priors to the power of 1 / temperature.

        Args:
            temperature: above 0.
            number: in [0, 1); equal numbers draw equal moves.

        Raises:
            ValueError: an argument is out of bounds.
        """
        if not temperature > 0:
            raise ValueError(f"temperature {temperature:g}: wanted above 0")
        if not 0 <= number < 1:
            raise ValueError(f"number {number:g}: wanted 0, to below 1")
        return drawn_move(self._searched(game), 1 / temperature, number)

    def values(self, int game):
        """The net's win minus loss at the root, and the search's utility; the mover's view.

        The latter is the utility of playing by `policy_target`.
        """
        cdef Tree* tree = self._searched(game)
        cdef float[MAX_POINTS + 1] shares
        tree.rule.write_policy_target(tree, shares)
        return tree.nodes[0].prior_value, value_of_shares(tree, shares)

    def is_decided(self, int game, int visits_left):
        """Whether so many more simulations can't make another move the most visited.

        True only if `choose` gives the most visited move. More simulations might still have given
        another move the highest lower confidence bound. Always False under Gumbel.
        """
        cdef Tree* tree = self.tree(game)
        return tree.num_nodes > 0 and tree.rule.is_decided(tree, visits_left)

    def num_visits(self, int game):
        """The root's simulations, its own evaluation not counted."""
        cdef Tree* tree = self.tree(game)
        return max(0, tree.nodes[0].visits - 1) if tree.num_nodes else 0

    def outlook(self, int game):
        """Mean win minus loss, and mean score in points, over the search; the mover's view."""
        cdef const Node* root = &self._searched(game).nodes[0]
        return root.win_sum / root.visits, root.score_sum / root.visits

    def candidates(self, int game):
        """Each root move as a `Candidate`, most visited first."""
        return candidates_of(self._searched(game))

    def variation(self, int game, int move, int length=20):
        """The expected line of at most `length` moves, which begins with the root's `move`.

        Raises:
            ValueError: `move` is not one of the root's.
        """
        return variation_of(self._searched(game), move, length)

    def visits_along(self, int game, moves):
        """Visits of each of a line's moves from the root; 0 where the search never went."""
        cdef list line = numbers_of(moves)
        return visits_along(self._searched(game), line)

    def ownership(self, int game):
        """Mean ownership over the leaves evaluated since the root was set, `[h, w]` of the board.

        As the root's mover sees it, -1 to 1; all 0 if `expand` was given none.
        """
        return ownership_of(self.tree(game))

    def ownership_after(self, int game, int move):
        """Mean ownership over the leaves below the root's `move`; None if there are none.

        Raises:
            ValueError: `move` is not one of the root's.
        """
        cdef Tree* tree = self._searched(game)
        if tree_edge(tree, 0, move) < 0:
            raise ValueError(f"move {move}: wanted one of the root's candidates")
        return ownership_after(tree, move)
