"""How well Dateline searches and answers, how fast, and beside what else."""
