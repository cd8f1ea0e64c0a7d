"""Journals: the protocol, and the kinds of journal that come with this package.

``protocol`` says what a journal is, ``labels`` what registers are. ``memory`` keeps journals in
memory; ``file`` keeps them in a directory, laid out as fragment stores of Gazette are.
"""
