"""The ledger's tables, in the newest version.

Every table but `meta`, `approvals` and `audit` belongs to an account.  What is read as a whole (an intent, an outcome,
what was declared) is one JSON text; what is searched or counted has a column.  There are no foreign keys: a
journal outlives the group it speaks of.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from wagroups.domain.identity import GroupJid, Lid, Phone
from wagroups.state.sql.types import Duration, Instant, Name, Revealed

TABLES: Final = MetaData()


def _account() -> Column[str]:
    return Column("account", Text, primary_key=True)


def _group() -> Column[str]:
    # `group` is a reserved word in both databases.
    return Column("group_key", Text, primary_key=True)


meta = Table(
    "meta",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""`schema_version`, `pseudonym_key` (hex), `project_id`."""

accounts = Table(
    "accounts",
    TABLES,
    _account(),
    Column("phone", Revealed(Phone)),
    Column("lid", Revealed(Lid)),
    Column("first_used_at", Instant, nullable=False),
)

leases = Table(
    "leases",
    TABLES,
    _account(),
    Column("token", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Text, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

spent = Table(
    "spent",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("calls", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("gap", Duration, nullable=False),
    Index("spent_by_class", "account", "calls", "at"),
)

breakers = Table(
    "breakers",
    TABLES,
    _account(),
    Column("calls", Text, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("strikes", Integer, nullable=False),
    Column("hourly", Integer),
)
"""`calls` is empty for a rest of every write: a key's column cannot be null."""

pauses = Table(
    "pauses",
    TABLES,
    _account(),
    Column("calls", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)
"""Classes of calls that a run gave up waiting for, with the time that it named."""

additions = Table("additions", TABLES, _account(), Column("codes", Text, nullable=False))
"""`codes` is a JSON list of WhatsApp's latest answers about people who were added (`domain.live.warning_codes`)."""

fresh = Table("fresh", TABLES, _account(), Column("until", Instant, nullable=False))
"""Accounts whose number is new to WhatsApp."""

journal = Table(
    "journal",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("outcome", Text),
    Column("concluded_at", Instant),
    Column("finding", Text),
    Column("settled_at", Instant),
    Column("unsettled", Boolean, nullable=False),
    Column("run", Text),
    Column("looks", Integer),
    Index("journal_by_account", "account", "unsettled"),
)
"""`account` and `group_key` overrule the names inside the intent: both may have changed since.  `run` is empty in rows
of an older program."""

history = Table(
    "history",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("revision", Text),
    Column("change", Text, nullable=False),
    Column("alias", Text),
    Column("phone", Revealed(Phone)),
    Column("lid", Revealed(Lid)),
    Column("reason", Text),
    Column("verdict", Text),
    Column("error", Text),
    Index("history_by_group", "account", "group_key"),
    Index("history_by_run", "account", "run"),
)
"""What a look said of each action of a run.  A row about somebody has all their names, so that it can be erased."""

bindings = Table(
    "bindings",
    TABLES,
    _account(),
    _group(),
    Column("jid", Revealed(GroupJid), nullable=False),
    Column("bound_at", Instant, nullable=False),
    Column("created", Boolean, nullable=False),
)

permissions = Table("permissions", TABLES, _account(), Column("held", Text, nullable=False))
"""What the files let a run do when the account was last applied (`domain.declared.permissions`)."""

claims = Table(
    "claims",
    TABLES,
    Column("jid", Revealed(GroupJid), primary_key=True),
    Column("project", Text, nullable=False),
)
"""Which project a live group belongs to, whatever account sees it."""

memory_since = Table(
    "memory_since",
    TABLES,
    _account(),
    Column("jid", Revealed(GroupJid), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("how", Text, nullable=False),
)
"""Live groups of which this ledger remembers who left, with the reason to believe so: `import`, `created`, `word`, and
`earlier` for those of older versions."""

applied = Table("applied", TABLES, _account(), _group(), Column("declared", Text, nullable=False))

blind = Table(
    "blind",
    TABLES,
    _account(),
    _group(),
    Column("field", Text, primary_key=True),
    Column("refused", Boolean, primary_key=True),
    Column("value", Text, nullable=False),
)

pictures = Table("pictures", TABLES, _account(), _group(), Column("memory", Text, nullable=False))

refusals = Table(
    "refusals",
    TABLES,
    _account(),
    _group(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("code", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

invitations = Table(
    "invitations",
    TABLES,
    _account(),
    _group(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("code", Integer),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("texts", Integer, nullable=False),
)

lacks = Table(
    "lacks",
    TABLES,
    _account(),
    Column("aspect", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Fields that a gateway answered to have no way to write."""

open_points = Table(
    "open_points",
    TABLES,
    _account(),
    _group(),
    Column("point", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("met", Boolean, nullable=False),
)

unseen_additions = Table(
    "unseen_additions",
    TABLES,
    _account(),
    _group(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

exchanges = Table(
    "exchanges",
    TABLES,
    _account(),
    _group(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("since", Instant, nullable=False),
)
"""New numbers for which a former one waits in a group."""

presences = Table(
    "presences",
    TABLES,
    _account(),
    _group(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("vanished", Boolean, nullable=False),
    Column("asked_at", Instant),
    Column("code", Integer),
    Column("size", Integer),
    Column("hidden", Integer),
)
"""Declared people who may be hidden members of a group: see `domain.live.presence`."""

fruitless = Table(
    "fruitless",
    TABLES,
    _account(),
    _group(),
    Column("action", Text, primary_key=True),
    Column("person", Name),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
"""Actions that were asked for and did not come about; `action` is the plan's id of the goal."""

tombstones = Table(
    "tombstones",
    TABLES,
    _account(),
    _group(),
    Column("mark", Text, primary_key=True),
    Column("left_at", Instant, nullable=False),
    Column("how", Text, nullable=False),
)
"""`mark` is a keyed hash of one name of somebody: see `domain.live.tombstone`."""

undemotable = Table(
    "undemotable",
    TABLES,
    _account(),
    Column("jid", Revealed(GroupJid), primary_key=True),
    Column("name", Name, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
)

removals = Table(
    "removals",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("jid", Revealed(GroupJid), nullable=False),
    Column("at", Instant, nullable=False),
    Column("people", Integer, nullable=False),
    Column("names", LargeBinary),
    Column("why", Text),
    Index("removals_by_account", "account", "at"),
)
"""`people` counts them; `names` has every name that was known of them, one a line; `why` is their `RemovalKind`."""

acquaintances = Table(
    "acquaintances",
    TABLES,
    _account(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("lid", Revealed(Lid)),
    Column("seen", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Phones, each with the LID it was last met with.  `seen`: in a group, not only looked up."""

lookups = Table(
    "lookups",
    TABLES,
    _account(),
    Column("phone", Revealed(Phone), primary_key=True),
    Column("on_whatsapp", Boolean),
    Column("dial", Revealed(Phone)),
    Column("checked_at", Instant),
    Column("no_lid_at", Instant),
    Column("disputed", Revealed(Lid)),
)
"""`disputed`: the LID of an answer that contradicted what was learnt before; only a read may settle it."""

good_reads = Table(
    "good_reads",
    TABLES,
    _account(),
    Column("jid", Revealed(GroupJid), primary_key=True),
    Column("read_at", Instant, nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
"""Apart from the people, so that an unchanged group costs a narrow row.  `digest` covers both names of everybody."""

last_reads = Table(
    "last_reads",
    TABLES,
    _account(),
    Column("read_at", Instant, nullable=False),
    Column("facts", Text, nullable=False),
    Column("outdated", Boolean, nullable=False),
)
"""`facts` is a JSON text that names nobody: people are in the snapshots."""

snapshots = Table(
    "snapshots",
    TABLES,
    _account(),
    Column("jid", Revealed(GroupJid), primary_key=True),
    Column("people", LargeBinary, nullable=False),
    Column("admins", LargeBinary),
    Column("owners", LargeBinary),
)
"""Each is one name a line; `admins`, the owner among them, and `owners` are empty in rows of an older program."""

approvals = Table(
    "approvals",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("first_applied_at", Instant, nullable=False),
    Column("actions", Text, nullable=False),
)

dates = Table("dates", TABLES, _account(), _group(), Column("approval", Text, nullable=False))
"""What was approved of groups, so that what follows by date needs no other review."""

audit = Table(
    "audit",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("run", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("entry", Text, nullable=False),
)
