"""Maps: folium for the screen and for one self-contained HTML file."""
