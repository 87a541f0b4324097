"""For all tests: hypothesis judges what holds, never how long it took on a machine that does other things, too."""

from hypothesis import settings

settings.register_profile("siger", deadline=None)
settings.load_profile("siger")
