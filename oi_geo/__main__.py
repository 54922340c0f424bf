"""Run the command line with `python -m oi_geo`."""

from oi_geo.cli import main

main()
