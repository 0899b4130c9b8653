"""What all pages share: colours, styles, and how templates write values."""
