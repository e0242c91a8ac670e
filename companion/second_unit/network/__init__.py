"""
What hosting and the providers share: keys, and the guarded way to other machines.

It stands above ``hosting`` and imports nothing but ``errors``. Each file loads its own dependencies; this one none.
"""
