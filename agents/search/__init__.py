"""Tree search over a net: Gumbel and PUCT, one game or many in lockstep."""
