"""Fine-tuning an encoder of texts before it is frozen.

``lora`` puts an adapter into a network and extracts it, ``episodes`` draws tasks of texts and
scores answers, ``losses`` has what a step lowers, ``state`` stores checkpoints, ``learn`` is the
training loop.
"""
