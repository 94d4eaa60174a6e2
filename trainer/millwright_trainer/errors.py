"""What can be wrong with a job: a code and a sentence. Retried are only things that may be better next time."""


class TrainingError(Exception):
    """`code: sentence`, as ml.fail_training wants it. again: another attempt may go better (memory, a lost connection)."""

    def __init__(self, code: str, sentence: str, again: bool = False):
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence, self.again = code, sentence, again
