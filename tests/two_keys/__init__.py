"""Both keys together, as people live them."""
