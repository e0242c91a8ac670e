"""Jobs: their states, the store that keeps them, and the worker that does them."""
