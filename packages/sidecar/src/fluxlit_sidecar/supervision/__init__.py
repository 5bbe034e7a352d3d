"""The parent's half: one module for each thing that supervising a child takes."""
