"""What the State reports and what others say of it: updates and their way, evidence, assessments, where a claim stands."""
