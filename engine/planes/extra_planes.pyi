"""Groups of planes that a net may see beside those of net_planes; see extra_planes.pyx."""

LADDERS: int
ALIVE: int
AFTER: int
PAST: int
ALL_GROUPS: int
GROUPS: dict[str, int]

def num_extra_planes(groups: int) -> int: ...
