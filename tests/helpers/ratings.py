"""Ratings of nets that nobody played."""

from insei.selfplay.net_rating import EARLIER, EarlierMatch, MatchScore, NetRating


def rating_of(generation, earlier, share, games=40, second=None):
    """A net that took three of four points from random, and this share from an earlier net."""
    first = MatchScore.of(share * games, games)
    opponents = {"random": MatchScore.of(games * 0.75, games), EARLIER: first}
    again = None if second is None else MatchScore.of(second * games, games)
    match = EarlierMatch(earlier, first, again)
    return NetRating(generation, "net:x", opponents, earlier=match)
