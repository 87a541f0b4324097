"""Who may come in, what each may see and do, and the record of it. Rights live here and nowhere else."""
