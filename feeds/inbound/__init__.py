"""Ways in: what phones, radios, tablets, spreadsheets and other agencies send, read into the API's own shapes.

Each module turns bytes of one protocol into `reading.Reading`: positions and incidents as the JSON objects that
`feeds.intake` takes. Nothing here opens a socket, reads a clock or stores anything, so every protocol goes through
the same checks, sources and idempotency as the API itself.
"""
