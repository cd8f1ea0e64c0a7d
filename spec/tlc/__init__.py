"""TLC, the model checker of TLA+: it is fetched, run, and what it prints is read.

``python -m spec.tlc --help`` says what can be run.
"""
