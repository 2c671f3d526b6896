"""What follows in the ledger from the end of a call, in the transaction that writes the end down."""

from datetime import datetime

from sqlalchemy import Connection

from wagroups.domain.memory import Intent
from wagroups.domain.operation import CreateGroup, RemoveMembers
from wagroups.domain.outcome import Done, StepOutcome, Uncertain
from wagroups.state import groups, reads


def draw(connection: Connection, intent: Intent, outcome: StepOutcome, at: datetime) -> None:
    """Bind a group that was created, and count people who were, or may have been, removed."""
    match intent.operation, outcome:
        case CreateGroup() as creation, Done(jid=jid) if jid is not None:
            groups.bind(connection, intent.account, intent.group, jid, at, created=True)
            for setting, value in creation.settings.items():
                field = f"settings.{setting}"
                groups.note_blind(connection, intent.account, intent.group, field, value, refused=False)
        case RemoveMembers() as removal, Done() | Uncertain() if intent.jid is not None:
            reads.note_removals(connection, intent.account, intent.jid, removal.people, at)
        case _:
            pass
