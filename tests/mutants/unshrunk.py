"""A plugin of pytest: the same examples in every run, and none made smaller that has failed."""

from hypothesis import Phase, settings

settings.register_profile(
    "unshrunk",
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    print_blob=False,
)
settings.load_profile("unshrunk")
