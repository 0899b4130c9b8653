"""How the client looks: terminals, themes, layouts, and the points of the board."""
