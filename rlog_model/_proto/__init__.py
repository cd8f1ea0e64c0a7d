"""Code generated from ``protos/``, by ``nox -s protos -- --write``; ``rlog_model.wire`` uses it."""
