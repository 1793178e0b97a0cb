"""Facts x model -> results, as small SQL steps."""
