"""The known classes of disagreement between our engine and the oracle. Each is one rule of AWS's documentation that the
oracle does not follow, explained under its name in disagreements.md, and recognised as narrowly as can be."""

# name: function(case, ours, oracle's) that tells whether the disagreement is of this class.
CLASSES = {}


def class_of(case, ours, theirs):
    """The first class that covers this disagreement; empty if none does."""
    return next((name for name, covers in CLASSES.items() if covers(case, ours, theirs)), "")
