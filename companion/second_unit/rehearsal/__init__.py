"""The local server that speaks the services' own wire, so that a production can be run without spending."""
