"""Fine-tuning an encoder of texts before it is frozen.

``lora`` puts an adapter into a network and takes it out again, ``episodes`` draws tasks of texts
and scores answers, ``state`` keeps what is under way, ``learn`` is the loop.
"""
