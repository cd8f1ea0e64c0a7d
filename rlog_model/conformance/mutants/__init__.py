"""Mutants: small defects of the model and of the bundled implementation, which checks must find."""
