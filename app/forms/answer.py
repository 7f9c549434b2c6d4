"""One answer: it keeps what was typed, and reads it as the contract does, if that asks for it."""

from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from app.campaign.contract.fields import FIELD, OUTBOUND, ValueKind, Values
from app.campaign.contract.problems import Problem
from app.campaign.contract.reading import Unreadable, read_answer
from app.campaign.contract.validation import check_field
from app.campaign.contract.wording import describe_problem
from app.forms.question import QUESTIONS


class ByContract:
    """Hold a form field to the line of the contract that has its name.

    A field that is not in use is not judged, however badly it parsed: without
    JavaScript the browser posts every field, and that must not be an error.
    """

    def __call__(self, form: Any, field: "Answer") -> None:
        """Stop with the first problem's sentence, in the words of the screen."""
        if not field.is_used(form.values):
            field.errors = []
            raise StopValidation
        check_length(form, field)
        if field.errors:  # It did not parse, and one message about that is enough.
            raise StopValidation
        for problem in check_field(field.line, form.values):
            raise StopValidation(describe_problem(problem))


def check_length(form: Any, field: "Answer | Remark") -> None:
    """Stop with a sentence if this answer is longer than we take; raises `StopValidation`."""
    if code := form.too_long.get(field.short_name):
        field.errors = []
        raise StopValidation(describe_problem(Problem(field.short_name, code)))


class Answer(Field):
    """The answer to one line of the contract.

    `data` is the typed value, or `None`. `typed` is what was typed, right or wrong.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[ByContract()], **options)
        self.line = FIELD[self.short_name]
        self.question = QUESTIONS[self.short_name]

    @property
    def typed(self) -> Any:
        """What was typed: for DAYS the ticked days, else a text."""
        texts = tuple(self.raw_data or ())
        if self.line.kind is ValueKind.DAYS:
            return texts
        return texts[0] if texts else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; what cannot be read is an error of this field."""
        self.data = None
        if valuelist:
            try:
                self.data = read_answer(self.line, self.typed)
            except Unreadable as error:
                raise ValueError(describe_problem(Problem(self.short_name, error.code))) from error

    def is_used(self, values: Values) -> bool:
        return self.line.is_used(values)


def _judge_remark(form: Any, field: "Remark") -> None:
    """Hold a remark to its length, and each of its words to what is known here."""
    if field.is_used(form.values):
        check_length(form, field)
        field.errors = [
            describe_problem(problem)
            for problem in form.unread
            if problem.field == field.short_name
        ]


class Remark(Field):
    """An answer about the leads: kept with the draft, never sent, and yet to be understood."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[_judge_remark], **options)
        self.question = QUESTIONS[self.short_name]

    @property
    def typed(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""

    def is_used(self, values: Values) -> bool:
        return OUTBOUND.holds(values)
