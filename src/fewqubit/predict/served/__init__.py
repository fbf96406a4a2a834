"""A few-shot model behind HTTP: adapt and answer in one request, or adapt once and ask by name.

``service`` knows models and their limits, ``adapting`` keeps programs few, ``meter`` counts,
``app`` is the HTTP around them, ``server`` serves it on this machine.
"""
