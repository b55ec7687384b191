"""What the API takes and what it answers, as marshmallow schemas: they check bodies and parameters, and they are the description."""
