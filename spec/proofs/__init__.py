"""Proofs of the algebra of segments, over unbounded integers.

``python -m spec.proofs --help`` says what there is.
"""
