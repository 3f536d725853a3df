"""What the page in the browser is made of."""
