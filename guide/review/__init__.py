"""One editorial workflow for articles and reference rows: proposal, decision, schedule, history."""
