"""Traces: TLC checks what somebody saw who executed a scenario as a behaviour of the specification.

``python -m spec.traces --help`` says what can be run; ``spec/tla/TraceWorld.tla`` what a trace is.
"""
