"""What the findings of one run mean: why values are absent, what comes together, what is unusual or drifts."""
