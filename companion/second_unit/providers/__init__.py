"""
The services. One file knows one service; ``provider.py`` says which four questions it must answer.

Add a provider: write ``providers/<service>.py`` with one class, name it in :data:`registry.SERVICES`, describe its
models in the catalog, and teach the rehearsal server its wire.
"""
