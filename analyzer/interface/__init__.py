"""How people reach Sceau: the command line and the page."""
