"""Demonstrations: a recorded chronology played at a chosen pace, simulated patrols, and load for benchmarks.

Everything made here says `simulated: true` and goes in through `feeds.intake` like any other input. Nothing here
knows a screen, and nothing here is used by `siger serve`.
"""
