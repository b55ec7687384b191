"""Pictures of the register and of the work: numbers, description, drawing."""
