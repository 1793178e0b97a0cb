"""What a tier means: indicators, scorecards, scales, RFM, tags, segments, stages, playbook."""
