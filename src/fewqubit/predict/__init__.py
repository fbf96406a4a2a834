"""Models that answer: trained learners, the few-shot classifier, adapted models, files of rows."""
