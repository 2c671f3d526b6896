"""What follows in the ledger from a call, in the transaction that writes its beginning or its end down."""

from datetime import datetime

from sqlalchemy import Connection

from wagroups.domain.live.memory import Intent
from wagroups.domain.live.warning_codes import signs_in
from wagroups.domain.plans.operation import AddMembers, CreateGroup, RemoveMembers, SendInvitation
from wagroups.domain.plans.outcome import Done, NotAttempted, Refused, StepOutcome, Uncertain
from wagroups.state.repositories import groups, invitations, reads, warning_codes


def foresee(connection: Connection, intent: Intent) -> None:
    """Count a text before it is sent: if the run is killed now, nobody knows whether it was."""
    if isinstance(intent.operation, SendInvitation) and intent.operation.person.phone is not None:
        invitations.count_text(connection, intent.account, intent.group, intent.operation.person.phone)


def draw(connection: Connection, intent: Intent, outcome: StepOutcome, at: datetime) -> None:
    """Bind a group that was created, count people who were, or may have been, removed, uncount an unsent text.

    Additions are read for warning_codes.
    """
    match intent.operation, outcome:
        case CreateGroup() as creation, Done(jid=jid) if jid is not None:
            groups.bind(connection, intent.account, intent.group, jid, at, created=True)
            for setting, value in creation.settings.items():
                field = f"settings.{setting}"
                groups.note_blind(connection, intent.account, intent.group, field, value, refused=False)
        case RemoveMembers() as removal, Done() | Uncertain() if intent.jid is not None:
            reads.note_removals(connection, intent.account, intent.jid, removal, at)
        case SendInvitation(person=person), Refused() | NotAttempted() if person.phone is not None:
            invitations.take_back_text(connection, intent.account, intent.group, person.phone)
        case AddMembers() as addition, _:
            warning_codes.note(connection, intent.account, signs_in(addition, outcome), at)
        case _:
            pass
