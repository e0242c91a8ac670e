"""The models: capabilities and prices, as dated data."""
