"""The states that TLC reaches are those that the model reaches.

Rules
-----
* The model explores the same small world as a configuration of ``spec/tla/manifest.json``: its
  bounds are read from the ``.cfg`` file.
* A state of TLC and one of the model are *projected* to the same plain values. Each ``Equality``
  says how. Then both sets must be equal.
* So a defect of the model is seen if it shows in any state that can be reached.

``python -m spec.equality --help`` says what can be run.
"""
