"""Text that means harm to whoever shows it."""

import unicodedata

# The title; the clipboard (OSC 52); a link (OSC 8); C1's CSI; colours; bells and backspaces;
# bidirectional overrides and isolates; a zero-width space; tags.
HOSTILE = (
    "\x1b]0;PWNED\x07 \x1b]52;c;cm0gLXJmIH4=\x07 \x1b]8;;http://evil.example\x1b\\x\x9b31m"
    "\x1b[2J\x1b[31m \x08\x7f\x0e \u202e\u202a\u2066\u2069 \u200b\ufeff \U000e0041"
)
MARKUP = "[bold]<script>alert(1)</script></script>|`[x](javascript:alert(1))"


def steering(text):
    """The characters in a text that steer a terminal or hide."""
    allowed = "\n\t\r\u200c\u200d"
    return {
        letter
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in allowed
    }
