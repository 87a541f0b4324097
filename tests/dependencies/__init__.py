"""The dependency audit of `make check`: what can be known offline, and advisories where asked."""
