"""The bundled implementation, with all capabilities.

rlog check -- python adapters/python/bundled.py

It serves the protocol without the kit: it needs ``worlds``, too.
"""

from rlog_model.conformance.serve import main

if __name__ == "__main__":
    main()
