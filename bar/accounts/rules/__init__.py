"""What is decided about accounts, pure: values in, value out, the moment an argument. Nothing here knows a framework."""
