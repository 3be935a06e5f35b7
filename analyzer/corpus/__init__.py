"""Many documents, and what people decided about them."""
