"""Implementations against the model: who executes scenarios, who compares, who tells."""
