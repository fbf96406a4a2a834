"""What answers: trained models, the few-shot classifier, adapted models, adaptation of files."""
