"""What every test shares: no deadlines (machines are busy), seeds that can be repeated."""

from hypothesis import settings

settings.register_profile("weighbridge", deadline=None, print_blob=True)
settings.load_profile("weighbridge")
