"""Every Dash server callback is a coroutine function: a plain one runs on the event loop and stops all of Siger."""

import inspect

import dash
from fastapi import FastAPI

from dashboard.pages import shell
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from geo.areas import bundled


def registered() -> dash.Dash:
    app = dash.Dash("siger", server=FastAPI(), suppress_callback_exceptions=True)
    shell.register(app, bundled(), taxonomies.bundled(), Settings(mode="demo"))
    return app


def test_every_server_callback_is_a_coroutine_function() -> None:
    # Before the first request, Dash keeps what was registered on the app in its own map.
    callbacks = {
        name: entry["callback"] for name, entry in registered().callback_map.items() if "callback" in entry
    }
    assert len(callbacks) >= 2, "no server callbacks found: this guard looks in the wrong place"
    for name, function in callbacks.items():
        assert inspect.iscoroutinefunction(function), f"{name} is not async"
