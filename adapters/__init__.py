"""Implementations in several languages, each behind the adapter protocol, and how they are judged."""
