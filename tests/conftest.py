"""Set before JAX is imported: tests compile much and compute little.

Code for the processor in one piece, without optimisation and by the older of XLA's two ways takes
a fifth of the time to compile.
"""

import os

QUICK = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)

os.environ.setdefault("XLA_FLAGS", " ".join(QUICK))
