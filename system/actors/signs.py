"""An actor's signs of life while it has a call under way, and what their lack means."""

from dataclasses import dataclass

from insei.system.actors.patience import Patience

GAP_SECONDS = 5.0  # between two looks: this process was stopped, and the actor was not silent


@dataclass
class Signs:
    """When an actor was heard of. All times are of one clock."""

    began: float = 0.0  # when the call under way began
    seen: float = 0.0  # its last sign of life
    asked: float | None = None  # when it was asked for one; None: it has answered

    def saw(self, now: float) -> None:
        """Note that it lives."""
        self.seen, self.asked = now, None

    def must_ask(self, now: float, gap: float, patience: Patience) -> bool:
        """Whether it is time to ask for a sign; notes that it is asked.

        Args:
            gap: seconds since the last look.
        """
        if self.asked is not None:
            if gap > GAP_SECONDS:
                self.asked += gap
            return False
        if now - self.seen < patience.pulse_seconds:
            return False
        self.asked = now
        return True

    def fault(self, now: float, method: str, patience: Patience) -> str:
        """What is wrong with it while a method runs, in words; empty: nothing."""
        if self.asked is not None and now - self.asked > patience.seconds:
            return f"gave no sign of life for {now - self.seen:.0f} s"
        if now - self.began > patience.call_seconds(method):
            return f"has not ended a call in {now - self.began:.0f} s"
        return ""
