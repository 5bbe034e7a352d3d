"""What the gateway answers by itself: health, redirects, errors."""
