"""Updates and their way, evidence, assessments, comments, and the work that waits for each."""
