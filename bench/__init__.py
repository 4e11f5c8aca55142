"""Speed, measured beside named peers in the same run and said as ratios; and the campaign that compares the engines."""
