"""Few-shot regression of sine waves (Finn et al. 2017, §5.1): circuits beside what is not one."""
