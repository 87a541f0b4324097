"""The Cursor on Target port: tablets connect, say where they are, and see units and incidents."""
