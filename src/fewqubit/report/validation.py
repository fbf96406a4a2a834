"""Whether validation has enough classes for what is chosen on it."""

from fewqubit.report.gather import Study

FEW_CLASSES = 10  # fewer are no sample of classes, in validation as in test


def weak_validation(study: Study) -> str | None:
    """Why settings chosen on these validation episodes may not hold for other classes, or None.

    Also None for data that were prepared before sets of classes were counted.
    """
    sets = study.summary.get("class_sets", {}).get("validation")
    if sets is None or (sets["classes"] >= FEW_CLASSES and sets["disjoint"] > 1):
        return None
    return (
        f"Validation is weak: its episodes ask about {sets['classes']} classes, in {sets['drawn']} "
        f"of {sets['possible']} possible sets of {sets['n_way']}, of which {sets['disjoint']} can "
        "be without common classes; settings chosen on them may not hold for others."
    )
