"""Streams: groups of classes that arrive one after the other, and ways of continual learning."""
