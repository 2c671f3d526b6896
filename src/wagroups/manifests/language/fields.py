"""What authors may write: one table for each kind of entry.

The loader, the editor schemas and the suggestions for typos read the same tables, so they cannot disagree.
"""

from collections.abc import Mapping
from typing import Final

from wagroups.domain.declared.desired import Manage
from wagroups.domain.declared.group_fields import CHOICES, GROUP_KEYS, Choice
from wagroups.domain.declared.settings import SETTINGS
from wagroups.domain.live.capability import Limits
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.rules import PASSABLE, RULES
from wagroups.manifests.language.types import (
    ColumnsType,
    CombinationsType,
    EntriesType,
    Field,
    Fields,
    Format,
    NamesType,
    Numbering,
    NumberType,
    RecordsType,
    RecordType,
    TableType,
    TemplateType,
    TextType,
    WordType,
    YesNoType,
)

NOTE_PREFIX: Final = "x-"
"""Keys that begin so are notes of the author, anywhere."""

CONFIG_FILE: Final = "wagroups.yaml"


def _explained(meanings: Mapping[str, str]) -> WordType:
    return WordType(tuple(map(str, meanings)), tuple(meanings.values()))


MAX_GENERATED: Final = 100_000
"""Groups of one generator.  Chosen: far above any account's groups, far below a full memory."""

_YES_NO: Final = YesNoType()
_COLUMN: Final = TextType(least=1, most=200)
_LIMITS: Final = Limits()
MANAGE: Final = tuple(value.value for value in Manage)
TRUE_WORDS: Final = ("yes", "true", "on")
FALSE_WORDS: Final = ("no", "false", "off")

SETTING_FIELDS: Final[Fields] = {
    setting.value: Field(_YES_NO if set(kind.values) == {"yes", "no"} else WordType(kind.values), kind.meaning)
    for setting, kind in SETTINGS.items()
}


def _field_of(choice: Choice) -> Field:
    if set(choice.words) == {"yes", "no"}:
        return Field(_YES_NO, choice.meaning)
    return Field(_explained({word: meant.meaning for word, meant in choice.words.items()}), choice.meaning)


MANAGE_FIELDS: Final[Fields] = {
    choice.key.removeprefix("manage."): _field_of(choice) for choice in CHOICES if choice.key.startswith("manage.")
}

_LAYER: Final[Fields] = {
    "account": Field(Format.SLUG, "The account that manages the group; default: the account marked default."),
    "subject": Field(TextType(least=1, most=_LIMITS.subject_chars), "The group's name on WhatsApp."),
    "description": Field(
        TextType(most=_LIMITS.description_chars, lines=True), 'The text below the name; "" clears it.'
    ),
    "picture": Field(Format.PATH, "An image file inside the project; `none` removes the picture."),
    "settings": Field(RecordType(SETTING_FIELDS), "What members may do."),
    "admins": Field(EntriesType(), "The admins.  An admin is a member."),
    "members": Field(EntriesType(), "The members.  Without this key nobody is ever removed."),
    "except": Field(EntriesType(), "People who are left out of the lists above, permanently or between dates."),
    "manage": Field(RecordType(MANAGE_FIELDS), "What the lists control."),
    "community": Field(Format.SLUG, "The community that the group is linked to."),
    **{choice.key: _field_of(choice) for choice in CHOICES if "." not in choice.key},
}

LAYER_FIELDS: Final[Fields] = {key: _LAYER[key] for key in GROUP_KEYS if key in _LAYER}
"""Keys of `defaults`, of a profile, and of a group."""

_EXPECT: Final = Field(
    Format.COUNT, "How many there must be: a number, at least 10, at most 30, 10 to 14, or any number."
)

_GROUP: Final[Fields] = {
    **LAYER_FIELDS,
    "id": Field(Format.GROUP_ID, "The group's id on WhatsApp; only for adopted groups."),
    "profile": Field(Format.SLUG, "The profile whose values apply where the group sets none."),
    "previous_keys": Field(
        NamesType(Format.SLUG), "Earlier keys of this group, so that a renamed key keeps its group."
    ),
    "expect": _EXPECT,
}

GROUP_FIELDS: Final[Fields] = {key: _GROUP[key] for key in GROUP_KEYS}
"""In the order in which `fmt` writes them, as in every table of a manifest."""

CONSENT_FIELDS: Final[Fields] = {
    "basis": Field(TextType(least=1, most=500), "What the person agreed to, and how."),
    "date": Field(Format.DAY, "When."),
}

PERSON_FIELDS: Final[Fields] = {
    "name": Field(TextType(least=1, most=200), "The person's name, for reports."),
    "phone": Field(
        Format.PHONE, "The number, with + and country code; a number without a country code needs a region."
    ),
    "phones": Field(
        NamesType(Format.PHONE), "Instead of `phone`: all numbers of the person; the first is the one to add."
    ),
    "region": Field(Format.REGION, "The country of a number written without a country code."),
    "former_phones": Field(NamesType(Format.PHONE), "Former numbers, replaced in every group."),
    "from": Field(Format.MOMENT, "The first day, or minute, of every membership of this person."),
    "until": Field(Format.MOMENT, "The last day of every membership of this person, or the minute at which it ends."),
    "denied": Field(Format.DAY, "The date since which the person is on the deny list."),
    "consent": Field(RecordType(CONSENT_FIELDS), "Why the person may be added."),
}

COMMUNITY_FIELDS: Final[Fields] = {
    "subject": LAYER_FIELDS["subject"]._replace(meaning="The community's name on WhatsApp."),
    "description": LAYER_FIELDS["description"]._replace(meaning="The community's description."),
    "admins": Field(EntriesType(), "Its admins.  The other people in it follow from its groups and are never listed."),
}

TEAM_FIELDS: Final[Fields] = {
    "description": Field(TextType(most=500, lines=True), "What the team is for."),
    "from": Field(Format.MOMENT, "The first day, or minute, of the team; nobody is in it before then."),
    "until": Field(Format.MOMENT, "The last day of the team, or the minute at which it ends."),
    "members": Field(EntriesType(), "The people and teams in it."),
    "except": Field(EntriesType(), "People who are left out of the list."),
    "expect": _EXPECT,
}

_TABLE_FIELDS: Final[Fields] = {
    "csv": Field(Format.PATH, "A CSV file inside the project; its first line names the columns."),
    "where": Field(ColumnsType(), "Which of its lines: columns, each with the word or words to look for."),
}

_NUMBERS: Final = Field(
    _explained(
        {
            Numbering.NATIONAL: "They are numbers of the region: 1512… is +49 1512… in Germany.",
            Numbering.INTERNATIONAL: "They begin with a country code: 1512… is +1 512….",
        }
    ),
    "How phone numbers without + and without a leading 0 are meant.",
)

ROSTER_FIELDS: Final[Fields] = {
    **_TABLE_FIELDS,
    "alias": Field(_COLUMN, "The column with the person's alias; default: alias."),
    "from": Field(
        _COLUMN, "The column with the first day, or minute, of each membership; an empty cell means no limit."
    ),
    "until": Field(_COLUMN, "The column with the last day of each membership, or the minute at which it ends."),
    "expect": _EXPECT,
    "numbers": _NUMBERS,
}

ENTRY_FIELDS: Final[Fields] = {
    "person": Field(TextType(least=1), "An alias, or a number."),
    "team": Field(Format.SLUG, "Everybody in a team."),
    "roster": Field(RecordType(ROSTER_FIELDS), "People from a CSV file."),
    "from": Field(Format.MOMENT, "The first day of the membership, or of the exception; or the minute."),
    "until": Field(Format.MOMENT, "Its last day, or the minute at which it ends."),
    "reason": Field(TextType(least=1, most=500), "Why; shown with the membership."),
    "except": Field(EntriesType(), "People of the team or the roster who are left out, permanently or between dates."),
    "expect": _EXPECT,
}

DIRECTORY_FIELDS: Final[Fields] = {
    **_TABLE_FIELDS,
    "alias": Field(_COLUMN, "The column with the person's alias; default: alias."),
    "phone": Field(_COLUMN, "The column with the phone number; default: phone."),
    "name": Field(_COLUMN, "The column with the person's name."),
    "region": Field(_COLUMN, "The column with the country of a national spelling."),
    "from": Field(_COLUMN, "The column with the first day of every membership of the person."),
    "until": Field(_COLUMN, "The column with the last day of every membership of the person."),
    "expect": _EXPECT,
    "numbers": _NUMBERS,
}
"""A source of `people_from`: beside the table, the columns."""

SOURCE_FIELDS: Final[Fields] = {
    **_TABLE_FIELDS,
    "matrix": Field(ColumnsType(), "Words to combine, each with every other."),
    "except": Field(CombinationsType(), "Combinations of the matrix that are left out."),
}

GENERATOR_FIELDS: Final[Fields] = {
    "for_each": Field(
        RecordType(SOURCE_FIELDS), "What the groups are made from: the lines of a table, or a matrix of words."
    ),
    "key": Field(TextType(least=1), "The key of each group, such as parents-${class|slug}."),
    "expect": _EXPECT._replace(
        meaning="How many groups there must be, so that a truncated table cannot make some disappear."
    ),
    "group": Field(
        TemplateType(GROUP_FIELDS), "What each group contains; texts may use ${column} or ${column|filter}."
    ),
    "overrides": Field(
        TableType(RecordType(GROUP_FIELDS, may_be_empty=True)), "What differs for single groups, by key."
    ),
}

KNOWN_FIELDS: Final[Fields] = {
    "person": Field(Format.SLUG, "The person the point is about; or use `point`."),
    "point": Field(TextType(least=1, most=40), "The code of a point, such as not-admin, or its id; or `person`."),
    "group": Field(Format.SLUG, "The group."),
    "reason": Field(TextType(least=1, most=500), "Why it is left as it is; shown beside the point."),
    "until": Field(Format.DAY, "The last day on which it counts as known, at most 90 days ahead."),
}

SECTIONS: Final[Fields] = {
    "people": Field(TableType(RecordType(PERSON_FIELDS), short=Format.PHONE), "All people, by alias."),
    "people_from": Field(RecordsType(DIRECTORY_FIELDS), "People from CSV files."),
    "teams": Field(TableType(RecordType(TEAM_FIELDS), short=EntriesType()), "Named lists of people."),
    "defaults": Field(RecordType(LAYER_FIELDS, may_be_empty=True), "Values for every group."),
    "profiles": Field(
        TableType(RecordType(LAYER_FIELDS, may_be_empty=True)), "Values for the groups that name the profile."
    ),
    "groups": Field(TableType(RecordType(GROUP_FIELDS, may_be_empty=True)), "The groups."),
    "communities": Field(
        TableType(RecordType(COMMUNITY_FIELDS)), "Communities; their groups name them with `community`."
    ),
    "generate": Field(TableType(RecordType(GENERATOR_FIELDS)), "Groups made from a table or a matrix."),
    "known": Field(RecordsType(KNOWN_FIELDS), "Differences that are known: still listed, but no alarm for some time."),
}

OVERRIDE_FIELDS: Final[Fields] = {
    "rule": Field(
        WordType(PASSABLE, tuple(RULES[name].meaning for name in PASSABLE)), "The guard or hold to override."
    ),
    "group": Field(Format.SLUG, "The group; without it, all groups and the limits of a whole account."),
    "reason": Field(TextType(least=1, most=500), "Why this is right; kept in the audit log."),
    "until": Field(Format.DAY, "The last day of the override, at most seven days ahead."),
}

OVERRIDES_FILE: Final = "overrides.yaml"

OVERRIDES_FIELDS: Final[Fields] = {
    "overrides": Field(RecordsType(OVERRIDE_FIELDS), "Rules that a reviewed change overrides, for a few days."),
}

ALLOWANCE_FIELDS: Final[Fields] = {
    "gap": Field(Format.DURATION, "Shortest time between two calls."),
    "hour": Field(NumberType(0, 100_000), "Calls an hour."),
    "day": Field(NumberType(0, 1_000_000), "Calls a day."),
}

_PROFILE: Final = Field(
    _explained(
        {
            "fresh": "Linked less than 14 days ago: nobody is added, and at most one group a day is created.",
            "careful": "The usual choice.",
            "seasoned": "Twice careful: for an account that has done this for a long time.",
            "sandbox": "Without pauses: for a simulated WhatsApp on this machine.",
        }
    ),
    "How gently the account is used.",
)
BUDGET_FIELDS: Final[Fields] = {
    kind.value: Field(RecordType(ALLOWANCE_FIELDS), f"How often `{kind.value}` calls are made.") for kind in CallClass
}

ACCOUNT_FIELDS: Final[Fields] = {
    "gateway": Field(Format.SLUG, "The kind of gateway: waha, waxum, …"),
    "url": Field(Format.URL, "Where the gateway is."),
    "url_env": Field(Format.VARIABLE, "The variable that holds the gateway's address."),
    "key_env": Field(Format.VARIABLE, "The variable that holds the gateway's API key."),
    "session": Field(Format.SESSION, "The session's name on the gateway; default: default."),
    "default": Field(_YES_NO, "Whether groups without `account` belong to this one."),
    "profile": _PROFILE,
    "budgets": Field(RecordType(BUDGET_FIELDS), "Limits that replace those of the profile."),
}

SAFETY_FIELDS: Final[Fields] = {
    "max_removals": Field(
        NumberType(0, 100_000), "The most people to remove from a group, and by an account, in one run or one day."
    ),
    "max_removal_percent": Field(NumberType(0, 100), "The largest share of a group to remove in one run or one day."),
    "min_admins": Field(NumberType(0, 1024), "The number of admins that a group must keep."),
    "protect": Field(NamesType(Format.SLUG), "People who are never removed or demoted."),
    "allow_dissolve": Field(_YES_NO, "Whether groups may be dissolved."),
    "max_plan_age": Field(Format.DURATION, "How old a reviewed plan may be when it is first applied."),
    "profile": _PROFILE,
    "active_hours": Field(Format.HOURS, "The hours in which wagroups makes changes."),
}

PRIVACY_FIELDS: Final[Fields] = {
    "redact": Field(WordType(("auto", "strict", "alias", "last4", "off")), "How people are shown."),
    "require_alias": Field(_YES_NO, "Whether numbers are allowed in the people directory only."),
    "require_encrypted_phones": Field(_YES_NO, "Whether numbers must be encrypted."),
}

CONFIG_FIELDS: Final[Fields] = {
    "version": Field(
        NumberType(1, 1_000),
        "The version of the language: 2.  Under 1, warnings show what release 0.1 understood differently.",
    ),
    "project": Field(
        Format.SLUG, "The project's name; when projects share a ledger, each group belongs to one of them."
    ),
    "timezone": Field(Format.ZONE, "The zone in which dates and hours are read; default: UTC."),
    "region": Field(Format.REGION, "The country of phone numbers written without a country code."),
    "numbers": _NUMBERS,
    "accounts": Field(TableType(RecordType(ACCOUNT_FIELDS)), "The WhatsApp accounts."),
    "state": Field(Format.PATH, "The file of the ledger; default: .wagroups/state.db."),
    "state_env": Field(Format.VARIABLE, "The variable that holds the ledger's postgresql:// address."),
    "include": Field(NamesType(Format.PATH), "Patterns of the files that belong to the project."),
    "safety": Field(RecordType(SAFETY_FIELDS, may_be_empty=True), "The brakes."),
    "privacy": Field(RecordType(PRIVACY_FIELDS, may_be_empty=True), "What outputs show."),
}


ALIAS: Final = "alias"
"""The column with aliases, where no other is named."""
