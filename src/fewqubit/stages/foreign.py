"""Out-of-scope classes: no task asks about them, so their rows belong to none of its classes."""

from fewqubit.data.dataset import NoneOfThese
from fewqubit.data.labels import joined, quoted
from fewqubit.errors import SettingsError
from fewqubit.stages.plan import Plan


def out_of_scope(name: str, asked: NoneOfThese | None, planned: Plan) -> list[int]:
    """The numbers of the classes that the data set ``name`` calls out of scope.

    Raises SettingsError: there is no such class, a part of the split contains it, or tasks do not
    ask for classes.
    """
    if asked is None:
        return []
    if planned.raw.targets is not None or planned.raw.sentences is not None:
        raise SettingsError(
            f"datasets.{name}.none_of_these: expected tasks that ask for classes of rows, got "
            "numbers or words of sentences; leave it out"
        )
    key, names = f"datasets.{name}.none_of_these.out_of_scope", [*planned.raw.names]
    wanted = [str(one) for one in asked.out_of_scope]
    if unknown := [one for one in wanted if one not in names]:
        raise SettingsError(
            f"{key}: expected classes of the data, got {joined(unknown)}; there are "
            f"{joined(names, 5)}"
        )
    for part, ids in planned.split._asdict().items():
        if both := [one for one in wanted if names.index(one) in ids]:
            raise SettingsError(
                f"{key}: expected classes that are in no part of the split, got {quoted(both[0])} "
                f"of {part}; list the parts' classes in split, without it"
            )
    return [names.index(one) for one in wanted]
