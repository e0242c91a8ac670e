"""One operator a button: each gathers, calls and reports."""
