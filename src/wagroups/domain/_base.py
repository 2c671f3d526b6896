"""The base of every value that is authored, saved or reported."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Frozen, compared by content, strict about types and unknown names.

    Pydantic serves what becomes a document or a row (plans, operations, outcomes, memory).  The two large
    things, `Desired` and `Observed`, are plain dataclasses and tuples: a model for each of a quarter of a
    million memberships would cost more than the rest of a plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
