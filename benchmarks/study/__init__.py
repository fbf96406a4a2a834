"""recipes/study.yaml: many data sets, one family of verdicts."""

from fewqubit.base.compiled_programs import keep_compiled

keep_compiled()  # before JAX is imported, as in a stage
