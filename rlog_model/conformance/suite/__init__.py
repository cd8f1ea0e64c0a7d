"""The conformance suite: vectors, and what runs them through an adapter, judges and reports."""
