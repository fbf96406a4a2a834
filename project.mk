# make repro   runs what is stale, prints the verdicts   make mlflow  the runs in a browser
# make serve   nightly runs by Prefect                   make clean   what the pipeline made (DVC's cache stays)

# of this folder's own environment, if it has one; else of the one that is active
COMMANDS ?= $(dir $(wildcard .venv/bin/fewqubit))

export DO_NOT_TRACK := true
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: repro mlflow serve clean

repro:
	@$(COMMANDS)fewqubit run --workers 2

mlflow:
	@$(COMMANDS)fewqubit mlflow

serve:
	@$(COMMANDS)fewqubit serve

clean:
	rm -rf artifacts reports $(MADE)
