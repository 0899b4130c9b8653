"""A run on one screen: how far it is, how strong, what it learns, and what to type next."""

import sys
import time
from itertools import pairwise

from insei.printing.tables import screen_width
from insei.selfplay.mirror.mirror import MirrorStatus
from insei.selfplay.reports.run_now import RunNow
from insei.selfplay.reports.run_status import HEADS, RunStatus
from insei.selfplay.train_config import TrainConfig
from insei.system.shown import shown_line

BARS = "▁▂▃▄▅▆▇█"
CURVE = 24  # columns of a curve
BAR = 32
LOG_LINES = 4
NODES = 4  # that are named
SILENT_SECONDS = 60.0  # without a word, from which on that is said


def status_lines(status: RunStatus, width: int | None = None) -> list[str]:
    """A run's state, a line of the terminal each.

    Args:
        width: of the terminal; None asks it.
    """
    blocks = [
        [heading(status), kind_line(status)],
        [*progress_lines(status), *now_lines(status)],
        strength_lines(status),
        learning_lines(status),
        [shown_line(line) for line in status.log[-LOG_LINES:]],
        next_lines(status),
    ]
    lines = [line for block in blocks if block for line in [*block, ""]][:-1]
    width = width or screen_width()
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]


def heading(status: RunStatus) -> str:
    """The run, and whether anything happens."""
    if status.holder:
        host = f" on {shown_line(status.now.host)}" if status.now else ""
        return f"{status.path}: in training, process {status.holder}{host}"
    if status.share_done >= 1:
        return f"{status.path}: finished"
    return f"{status.path}: stopped; `insei {status.command} {status.path}` goes on"


def kind_line(status: RunStatus) -> str:
    """What the run learns, and with what net."""
    network = status.config.network
    size = f"net of {network.blocks} blocks, {network.channels} channels"
    start = f", from {status.config.start_from}" if status.config.start_from else ""
    if isinstance(status.config, TrainConfig):
        boards = ", ".join(board.size_name for board in status.boards)
        rules = status.config.rules
        return f"self-play on {boards}, komi {rules.komi:g}, {rules.scoring} scoring; {size}{start}"
    return f"records of {status.config.dataset}; {size}{start}"


def progress_lines(status: RunStatus) -> list[str]:
    """How far the run is, and how much it has seen."""
    done = status.share_done
    filled = int(BAR * done)
    has_bars = is_utf()
    bar = ("█" if has_bars else "#") * filled + ("░" if has_bars else ".") * (BAR - filled)
    left = status.seconds_left
    ends = f", {time_text(left)} left" if left and status.holder else ""
    lines = [f"{bar} {done:4.0%}  {goal_text(status)}, {time_text(status.seconds)}{ends}"]
    if status.games:
        rate = status.games_a_minute
        lines.append(
            f"{status.games:,} games, {status.rows:,} rows"
            + (f", {rate:,.3g} games a minute" if rate else "")
        )
    if status.seconds_since is not None and status.holder:
        lines.append(f"newest checkpoint {time_text(status.seconds_since)} ago")
    return lines


def now_lines(status: RunStatus) -> list[str]:
    """What happens at this moment: workers, speed, faults; and what the run takes of the disk."""
    lines = [] if status.now is None else running_lines(status.now, time.time())
    if status.disk:
        by_name = status.disk.by_name
        names = [f"{size_text(by_name[name])} {name}" for name in list(by_name)[:3]]
        lines.append(f"disk     {', '.join([*names, f'{size_text(status.disk.free)} free'])}")
    if status.mirror:
        lines.append(f"mirror   {mirror_text(status.mirror, time.time())}")
    return lines


def running_lines(now: RunNow, moment: float) -> list[str]:
    """What the command that trains the run said last.

    Args:
        moment: the present, in seconds since 1970.
    """
    lines = []
    if moment - now.time > SILENT_SECONDS:
        lines.append(
            f"silent   no word from process {now.process} for {time_text(moment - now.time)}"
        )
    if now.workers or now.workers_wanted:
        lines.append(f"workers  {workers_text(now, moment)}")
    speed = [
        f"{now.games_per_second:,.3g} games/s",
        f"{now.evaluations_per_second:,.0f} evaluations/s",
        *([f"workers busy {now.busy_share:.0%}"] if now.busy_share else []),
        *([f"{now.games_waiting:,} games wait"] if now.games_waiting else []),
    ]
    lines.append(f"speed    {', '.join(speed)}")
    losses = "".join(f", loss {name} {value:.3f}" for name, value in now.losses.items())
    behind = f", {now.lag:.1f} nets behind" if now.lag else ""
    lines.append(f"learner  {now.steps:,} steps{behind}, window {now.window:,} rows{losses}")
    if now.faults:
        lines.append(f"faults   {now.faults}; {shown_line(now.last_fault)}")
    if now.dashboard:
        lines.append(f"Ray      {shown_line(now.dashboard)}")
    return lines


def workers_text(now: RunNow, moment: float) -> str:
    """How many workers play, and where; each node with the age of its oldest."""
    by_node: dict[str, list[float]] = {}
    for worker in now.workers:
        by_node.setdefault(worker.node, []).append(moment - worker.started)
    most_first = sorted(by_node.items(), key=lambda item: (-len(item[1]), item[0]))
    places = [
        f"{len(ages)} on {shown_line(node)} ({time_text(max(0.0, *ages))})"
        for node, ages in most_first[:NODES]
    ]
    if len(most_first) > NODES:
        others = most_first[NODES:]
        places.append(f"{sum(len(ages) for _, ages in others)} on {len(others)} other nodes")
    of = f" of {now.workers_wanted}" if now.workers_wanted > len(now.workers) else ""
    return f"{len(now.workers)}{of}" + (f": {', '.join(places)}" if places else "")


def mirror_text(mirror: MirrorStatus, moment: float) -> str:
    """How far a run's copy on shared storage is."""
    said = f"{shown_line(mirror.url)}: "
    if mirror.state_time:
        said += f"generation {mirror.generation}, as of {time_text(moment - mirror.state_time)} ago"
    else:
        said += "nothing yet"
    if mirror.files_left:
        said += f"; {mirror.files_left:,} files of {size_text(mirror.bytes_left)} to go"
    return said + (f"; {shown_line(mirror.trouble)}" if mirror.trouble else "")


def size_text(size: int) -> str:
    """Bytes in the unit that suits them."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{size / scale:,.3g} {unit}"
    return f"{size / 1e3:,.0f} kB"


def goal_text(status: RunStatus) -> str:
    """Where the run stands among what it is to do."""
    config, progress = status.config, status.progress
    if isinstance(config, TrainConfig):
        wanted = (config.generations or 0) + (progress.lineage.skipped if progress else 0)
        is_told = config.generations and wanted >= status.generation  # a roll-back may add one
        of = f" of {wanted}" if is_told else ""
        said = f"generation {status.generation}{of}"
    else:
        of = f" of {config.steps:,}" if config.steps else ""
        said = f"step {progress.num_steps if progress else 0:,}{of}"
    return said + (f", {config.hours:g} h at most" if config.hours else "")


def strength_lines(status: RunStatus) -> list[str]:
    """Ratings: Elo on each board with its curve, and the shares against each opponent."""
    lines = []
    for board, rating in status.elos.items():
        curve = sparkline(status.curves.get(f"elo/{board}", []))
        lines.append(
            f"Elo on {board:7} {rating.elo:+8.0f}  {curve}  95 % {rating.low:+.0f} to "
            f"{rating.high:+.0f}, {status.zero} at 0"
        )
    if status.ratings:
        newest = status.ratings[-1]
        shares = [f"{label} {score.share:.0%}" for label, score in newest.opponents.items()]
        lines.append(f"generation {newest.generation} took of the points: {', '.join(shares)}")
    if values := status.curves.get("accuracy_all/top1"):
        lines.append(f"top-1 held out {values[-1]:7.1%}  {sparkline(values)}")
    return lines


def learning_lines(status: RunStatus) -> list[str]:
    """Losses and speed, each with its curve."""
    named = {f"loss/{head}": f"loss, {head}" for head in HEADS}
    named |= {
        "validation/value_gap": "overfitting",
        "games/mean_plies": "rows a game",
        "speed/positions_per_second": "positions/s",
        "speed/rows_per_second": "rows/s",
    }
    lines = []
    for name, label in named.items():
        if values := status.curves.get(name):
            newest = values[-1]
            number = f"{newest:,.0f}" if abs(newest) >= 100 else f"{newest:.3f}"
            lines.append(f"{label:16}{number:>8}  {sparkline(values)}".rstrip())
    return lines


def next_lines(status: RunStatus) -> list[str]:
    """What can be done with the run."""
    path = status.path
    lines = [f"curves   tensorboard --logdir {path.parent}"]
    if status.progress is None:
        return lines
    size = status.card.width if status.card else 9
    lines.append(f"play     insei play search:{path},visits=100 --size {size}")
    if status.games:
        lines.append(f"games    insei games {path}")
    if size in (7, 9):
        lines.append(f"rate     insei rate search:{path},visits=100 --size {size}")
    return lines


def finished_lines(status: RunStatus, player: str) -> list[str]:
    """What a run says when it is done: rating, hours, where the curves are, what to type next."""
    progress = status.progress
    what = f"{progress.num_learned if progress else 0} generations learned"
    if status.command == "learn":
        what = f"{progress.num_steps if progress else 0:,} steps learned"
    games = f", {status.games:,} games" if status.games else ""
    said = f"{status.path}: {what} in {time_text(status.seconds)}{games}; play it as {player}"
    lines = [said]
    for board, rating in status.elos.items():
        lines.append(
            f"rating on {board}: {rating.elo:+.0f} Elo, 95 % {rating.low:+.0f} to "
            f"{rating.high:+.0f}, {status.zero} at 0"
        )
    return [*lines, *next_lines(status)]


def time_text(seconds: float) -> str:
    """A span of time in the unit that suits it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def is_utf() -> bool:
    """Whether the terminal shows more than ASCII."""
    encoding = (sys.stdout.encoding if sys.stdout else None) or "utf-8"
    return encoding.lower().startswith("utf")


def sparkline(values: list[float], width: int = CURVE) -> str:
    """Values as bars of a line, oldest at the left; empty where the terminal has no such letters.

    Where there are more values than columns, each column is the mean of its share of them.
    """
    if not values or not is_utf():
        return ""
    count = min(width, len(values))
    edges = [round(place * len(values) / count) for place in range(count + 1)]
    means = [sum(values[start:end]) / (end - start) for start, end in pairwise(edges)]
    low, high = min(means), max(means)
    span = high - low
    return "".join(
        BARS[round((value - low) / span * (len(BARS) - 1))] if span else BARS[0] for value in means
    )
