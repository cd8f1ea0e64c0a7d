"""Worlds of several recorders and players: pure, each interleaving explicit and replayable."""
