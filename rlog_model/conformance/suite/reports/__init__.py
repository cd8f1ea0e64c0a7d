"""Reports of conformance runs, each made from records: see ``conformance.suite.record``."""
