"""Go's rules: boards, positions, symmetries, planes for a net, SGF. Imports no other room."""
