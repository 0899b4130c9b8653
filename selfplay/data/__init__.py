"""The data of a run: rows as they are recorded, kept, windowed and batched."""
