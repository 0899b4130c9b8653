"""The net: its architecture, its forward pass, the runtimes that evaluate it, its packages."""
