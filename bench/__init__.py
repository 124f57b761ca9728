"""The figures Doorward is measured by: each against its yardstick, in turn, in one run."""
