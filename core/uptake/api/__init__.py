"""The open API under ``/api/v1``: it reads, checks and answers; what may be done is the services' to say."""
