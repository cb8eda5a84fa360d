"""What is typed and chosen about seats. Split by subject."""
