"""Facts made fit: raw relations become canonical ones, and every doubt becomes a finding."""
