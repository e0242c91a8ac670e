"""A previsualisation with sound, drawn on this machine: behind the embedded provider and the rehearsal server."""
