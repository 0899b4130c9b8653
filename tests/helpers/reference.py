"""Go's rules once more, slow and obvious: sets of points, whole boards as history."""

BLACK, WHITE = 1, 2


class Reference:
    """A game by the rules' words alone.

    Boards are dicts from (row, column) to colour; history is a list of (board, colour to move).
    """

    def __init__(self, rules):
        self.rules = rules
        self.stones = {}
        self.to_play = BLACK
        self.passes = 0
        self.history = [(frozenset(), BLACK)]
        self.ko = None
        self.prisoners = {BLACK: 0, WHITE: 0}  # by who took them
        self.num_passes = {BLACK: 0, WHITE: 0}  # by who passed

    def neighbours(self, point):
        row, column = point
        for there in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= there[0] < self.rules.height and 0 <= there[1] < self.rules.width:
                yield there

    def group(self, stones, point):
        """The chain at a point and its liberties."""
        colour = stones[point]
        chain, liberties, waiting = {point}, set(), [point]
        while waiting:
            for near in self.neighbours(waiting.pop()):
                if near not in stones:
                    liberties.add(near)
                elif stones[near] == colour and near not in chain:
                    chain.add(near)
                    waiting.append(near)
        return chain, liberties

    def after(self, point):
        """The stones after a move, and what it took; None where it is suicide that is forbidden."""
        stones = dict(self.stones)
        stones[point] = self.to_play
        taken = set()
        for near in self.neighbours(point):
            if stones.get(near) == 3 - self.to_play:
                chain, liberties = self.group(stones, near)
                if not liberties:
                    taken |= chain
        for gone in taken:
            del stones[gone]
        chain, liberties = self.group(stones, point)
        if not liberties:
            if not self.rules.suicide or len(chain) == 1:
                return None, set()
            for gone in chain:
                del stones[gone]
        return stones, taken

    def is_legal(self, move):
        if self.passes >= 2:
            return False
        if move == self.rules.pass_move:
            return True
        point = divmod(move, self.rules.width)
        if point in self.stones:
            return False
        stones, _ = self.after(point)
        if stones is None:
            return False
        board = frozenset(stones.items())
        if self.rules.ko == "simple":
            return point != self.ko
        if self.rules.ko == "positional":
            return board not in {seen for seen, _ in self.history}
        return (board, 3 - self.to_play) not in self.history

    def legal_mask(self):
        return [self.is_legal(move) for move in range(self.rules.num_actions)]

    def play(self, move):
        self.ko = None
        if move == self.rules.pass_move:
            self.passes += 1
            self.num_passes[self.to_play] += 1
        else:
            self.passes = 0
            point = divmod(move, self.rules.width)
            before = self.stones | {point: self.to_play}
            self.stones, taken = self.after(point)
            for gone in before.keys() - self.stones.keys():
                self.prisoners[3 - before[gone]] += 1
            if len(taken) == 1 and point in self.stones:
                chain, liberties = self.group(self.stones, point)
                if len(chain) == 1 and liberties == taken:
                    (self.ko,) = taken
        self.to_play = 3 - self.to_play
        self.history.append((frozenset(self.stones.items()), self.to_play))

    def score(self):
        """Black's points minus White's and komi, no stone dead."""
        stones = {colour: list(self.stones.values()).count(colour) for colour in (BLACK, WHITE)}
        around = self.surrounded()
        if self.rules.scoring == "area":
            points = {colour: stones[colour] + around[colour] for colour in stones}
        else:
            points = {colour: self.prisoners[colour] + around[colour] for colour in stones}
        if self.rules.pass_stones:
            black_moved_last = self.to_play == WHITE and len(self.history) > 1
            points[BLACK] += self.num_passes[WHITE] + black_moved_last
            points[WHITE] += self.num_passes[BLACK]
        return points[BLACK] - points[WHITE] - self.rules.komi

    def surrounded(self):
        """How many empty points reach stones of one colour alone, by that colour."""
        found = {BLACK: 0, WHITE: 0}
        seen = set()
        for row in range(self.rules.height):
            for column in range(self.rules.width):
                point = row, column
                if point in self.stones or point in seen:
                    continue
                region, reach, waiting = {point}, set(), [point]
                while waiting:
                    for near in self.neighbours(waiting.pop()):
                        if near in self.stones:
                            reach.add(self.stones[near])
                        elif near not in region:
                            region.add(near)
                            waiting.append(near)
                seen |= region
                if len(reach) == 1:
                    found[reach.pop()] += len(region)
        return found
