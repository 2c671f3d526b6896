"""`person`: what happens to people, as edits of the files that a reviewer reads in one piece."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Final, NamedTuple

import yaml

from wagroups.domain.declared.desired import Desired, Person
from wagroups.domain.declared.wall_clock import end_of
from wagroups.domain.errors import EditError
from wagroups.domain.identity import Alias, Phone
from wagroups.manifests.edit.csv_edit import CsvRecord, TableText
from wagroups.manifests.edit.group_files import people_file
from wagroups.manifests.edit.member_lists import PEOPLE, NameList, Owner, Sheet, Who, name_lists, sharer
from wagroups.manifests.edit.yaml_append import with_people
from wagroups.manifests.edit.yaml_nodes import items, pairs, value_of
from wagroups.manifests.edit.yaml_patch import entry_of, numbers
from wagroups.manifests.edit.yaml_writer import NewPerson, number
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.numbers.parse import Phones
from wagroups.privacy.mask import mask
from wagroups.privacy.yaml_scalar import scalar
from wagroups.workflows.edit.draft import Draft

PEOPLE_FILES: Final = ("people.yaml", "people.yml")
_IN_LISTS: Final = ("members", "admins")


class ListedItem(NamedTuple):
    """An item of a list that names somebody, and where it is."""

    file: str
    root: yaml.Node | None
    found: NameList
    item: yaml.Node


class PersonEditor:
    """One person's papers: a draft of the files, and who is meant."""

    def __init__(self, draft: Draft, person: Person) -> None:
        assert person.alias is not None  # only people of the directory can be edited
        self.draft = draft
        self.person = person
        self.alias = person.alias
        self.who = Who(person.alias, person.spellings)
        self._phones = Phones(draft.numbers)

    def entries(self) -> Iterator[ListedItem]:
        """Every item of every list that names the person."""
        for file, root in self.draft.trees():
            for found in name_lists(root):
                for item in items(found.node):
                    if self.names(item):
                        yield ListedItem(file, root, found, item)

    def names(self, item: yaml.Node) -> bool:
        """Whether an item of a list is about the person."""
        return self.who.is_named_by(item, self._phones, self.draft.region)

    def take_out(self, chosen: Callable[[NameList], bool]) -> int:
        """Take the person out of the lists that are chosen; returns of how many."""
        by_file: dict[str, dict[int, tuple[NameList, list[yaml.Node]]]] = {}
        for file, _, found, item in self.entries():
            if chosen(found):
                by_file.setdefault(file, {}).setdefault(id(found.node), (found, []))[1].append(item)
        for file, lists in by_file.items():
            patcher = self.draft.patcher(file)
            edits = [patcher.without(f.key, f.node, numbers(f.node, gone)) for f, gone in lists.values()]
            self.draft.patch(file, [edit for of_list in edits for edit in of_list])
        return sum(map(len, by_file.values()))

    def say(self, key: str, value: str) -> bool:
        """Give the person's entry in the directory a key; false when they stand in a table."""
        found = self._entry()
        if found is None:
            return False
        file, node = found
        self.draft.patch(file, self.draft.patcher(file).with_key(node, key, value))
        return True

    def exchange(self, old: Phone, new: Phone) -> None:
        """Put a number in the place of another one under `phones`."""
        found = self._entry()
        assert found is not None  # only the directory knows several numbers of a person
        file, node = found
        given_up = next(item for item in items(value_of(node, "phones")) if self._reads(item) in old.variants())
        self.draft.patch(file, self.draft.patcher(file).with_value(given_up, number(new)))

    def add_former(self, phone: Phone) -> None:
        """Remember a number that the person had."""
        found = self._entry()
        assert found is not None  # asked only about people of the directory
        file, node = found
        former = value_of(node, "former_phones")
        if isinstance(former, yaml.SequenceNode):
            self.draft.patch(file, self.draft.patcher(file).with_item(former, {"person": number(phone)}))
        else:
            self.draft.patch(file, self.draft.patcher(file).with_key(node, "former_phones", f"[{number(phone)}]"))

    def drop_former(self, phone: Phone) -> None:
        """Forget a number that the person had and has again."""
        found = self._entry()
        if found is None:
            return
        file, node = found
        for key, former in pairs(node):
            if key.value == "former_phones" and isinstance(former, yaml.SequenceNode):
                same = [item for item in former.value if self._reads(item) in phone.variants()]
                if same:
                    self.draft.patch(file, self.draft.patcher(file).without(key, former, numbers(former, same)))

    def _reads(self, node: yaml.Node) -> Phone | None:
        return self._phones.read(node.value, self.draft.region).phone if isinstance(node, yaml.ScalarNode) else None

    def in_tables(self) -> bool:
        """Whether a table of the project has a line with the person's alias."""
        return any(True for sheet in self.draft.sheets() for _ in self._records(sheet))

    def strike_lines(self) -> int:
        """Take every line with the person's alias out of every table; returns how many."""
        # One table may be a directory and a roster at once.
        found = {(sheet.csv, record.line): record for sheet in self.draft.sheets() for record in self._records(sheet)}
        # From the last line on: a change leaves the numbers of the lines before it as they are.
        for (file, _), record in sorted(found.items(), key=lambda one: one[0], reverse=True):
            self.draft.put(file, TableText(self.draft.bytes_of(file)).without(record))
        return len(found)

    def rewrite_number(self, phone: Phone) -> int:
        """Put another number into every line of a directory's tables; returns into how many."""
        written = 0
        for sheet in self.draft.sheets():
            for record in list(self._records(sheet)):
                if sheet.phone is not None and sheet.phone.casefold() in record.cells:
                    table = TableText(self.draft.bytes_of(sheet.csv))
                    self.draft.put(sheet.csv, table.with_cell(record, sheet.phone, number(phone)))
                    written += 1
        return written

    def _records(self, sheet: Sheet) -> Iterator[CsvRecord]:
        """The person's lines in a table, as it stands in the draft."""
        for record in TableText(self.draft.bytes_of(sheet.csv)).records():
            if record.cells.get(sheet.alias.casefold()) == self.alias:
                yield record

    def _entry(self) -> tuple[str, yaml.Node] | None:
        for file, root in self.draft.trees():
            for alias, node in pairs(value_of(root, PEOPLE)):
                if alias.value == self.alias:
                    return file, node
        return None


class Target(NamedTuple):
    """A group or a team that was named, where it is declared."""

    file: str
    owner: Owner
    node: yaml.Node


def target_named(draft: Draft, text: str) -> Target:
    """The group or team called so; `team:NAME` and `group:NAME` tell them apart.  Raises EditError."""
    kind, _, rest = text.rpartition(":")
    sections = {"": ("groups", "teams"), "group": ("groups",), "team": ("teams",)}.get(kind, ())
    found = [
        Target(file, Owner(section, rest), value)
        for file, root in draft.trees()
        for section in sections
        for name, value in pairs(value_of(root, section))
        if name.value == rest
    ]
    if len(found) > 1:
        raise EditError(f"{rest!r} is both a group and a team", hint=f"Write group:{rest} or team:{rest}.")
    if not found:
        raise EditError(
            f"there is no group and no team called {mask(text)!r} in the files",
            hint="Name one that is written in the files; what a generator makes is changed in its table.",
        )
    return found[0]


def put_in(draft: Draft, target: Target, entry: Mapping[str, str], *, admin: bool = False) -> None:
    """Put a member entry into a list of a group or team.  Raises EditError, ManualEditNeeded."""
    role = "admins" if admin else "members"
    lists = [
        (root, found)
        for file, root in draft.trees()
        if file == target.file
        for found in name_lists(root)
        if found.owner == target.owner and found.role == role
    ]
    for root, found in lists[:1]:
        unshared(root, target.owner, found.node)
    if not lists:
        raise EditError(
            f"the {target.owner} has no `{role}:`",
            hint="Write the list first: without a list nobody is ever removed; with one, everyone else is.",
        )
    draft.patch(target.file, draft.patcher(target.file).with_item(lists[0][1].node, entry))


def unshared(root: yaml.Node | None, owner: Owner, node: yaml.Node) -> None:
    """Let a list or an entry be changed only where nobody else is changed with it.  Raises EditError."""
    other = sharer(root, owner, node)
    if other is not None:
        raise EditError(
            f"the {owner} shares this list or entry with the {other}, which would also change",
            hint="Nothing was changed.  Write it out in both places instead of `*name`, or change both by hand.",
        )


def offboard(desk: PersonEditor, today: date) -> None:
    """Take the person out of every list and table, and put them on the deny list."""
    in_table = desk.in_tables()
    desk.take_out(lambda _: True)
    desk.strike_lines()
    # Whoever went earlier went then.
    denied = (desk.person.denied or today).isoformat()
    if in_table and not desk.say("denied", denied):
        person = desk.person
        enter(desk.draft, NewPerson(desk.alias, person.phone, person.name))
    desk.say("denied", denied)


def renumber(desk: PersonEditor, phone: Phone, old: Phone | None = None) -> int:
    """Give the person another number in place of `old`; returns how many lines of tables were changed.

    Raises EditError.
    """
    person = desk.person
    if phone in person.spellings:
        raise EditError(f"{desk.alias} already has that number", hint="Nothing was changed.")
    if old is not None and old not in person.spellings:
        raise EditError(f"{desk.alias} has no such number", hint="Nothing was changed.")
    if old is None and person.other_phones:
        raise EditError(f"{desk.alias} has several numbers", hint="Say which one to give up: --phone OLD.")
    if person.other_phones:
        assert old is not None
        gone = next(own for own in person.phones if old in own.variants())
        desk.drop_former(phone)
        desk.exchange(gone, phone)
        desk.add_former(gone)
        return 0
    rewritten = desk.rewrite_number(phone)
    desk.drop_former(phone)
    if desk.say("phone", number(phone)):
        desk.add_former(desk.person.phone)
    return rewritten


def enter(draft: Draft, person: NewPerson, more: Sequence[tuple[str, str]] = ()) -> None:
    """Put somebody into the directory: at the end of the one there is, else into a new file."""
    holding = [file for file, root in draft.trees() if value_of(root, PEOPLE) is not None]
    usual = [file for file in (*PEOPLE_FILES, *holding) if file in draft.files and file != CONFIG_FILE]
    for file in (*usual, *(file for file in holding if file == CONFIG_FILE)):
        grown = with_people(draft.bytes_of(file), (person,))
        if grown is not None:
            draft.put(file, grown)
            break
    else:
        name = PEOPLE_FILES[0] if not (draft.root / PEOPLE_FILES[0]).exists() else "people/more.yaml"
        draft.put(name, people_file(name, (person,)).encode())
    for key, value in more:
        for file, root in draft.trees():
            node = value_of(value_of(root, PEOPLE), person.alias)
            if node is not None:
                draft.patch(file, draft.patcher(file).with_key(node, key, value))


def move(desk: PersonEditor, source: Target, target: Target) -> None:
    """Move the person's own entries from one list to another, with all that is said of them.  Raises EditError."""
    if source.owner == target.owner:
        raise EditError(f"the {source.owner} is both the source and the target", hint="Name two groups or teams.")
    entries = list(desk.entries())
    moved = []
    for _, root, found, item in entries:
        if found.owner == source.owner and found.role in _IN_LISTS:
            unshared(root, source.owner, item)
            moved.append((found.role, item))
    if any(desk.names(item) and not _dated(item) for item in items(value_of(target.node, "except"))):
        raise EditError(
            f"the {target.owner} has {desk.alias} under `except`, so they would be in neither",
            hint="Take them out of that list first.",
        )
    if not moved:
        raise EditError(
            f"{desk.alias} is in no list of the {source.owner} itself",
            hint="They may be in it through a team, a profile or a table: `wagroups show --explain` shows which.",
        )
    for role, item in moved:
        put_in(desk.draft, target, entry_of(item, scalar(desk.alias)), admin=role == "admins")
    desk.take_out(lambda found: found.owner == source.owner and found.role in _IN_LISTS)


def _dated(item: yaml.Node) -> bool:
    return value_of(item, "from") is not None or value_of(item, "until") is not None


Place = tuple[str, Owner, str]
"""Of a list: its file, whose it is, and its role."""


class Ending(NamedTuple):
    """A line that lets somebody's time in a list end."""

    file: str
    found: NameList
    item: yaml.Node
    end: datetime


def extend(desk: PersonEditor, until: str, zone: tzinfo, owner: Owner | None, start: str | None = None) -> list[str]:
    """Let what ends for the person end later: in each list the latest of their times that end before `until`.

    With `start` a line is added beside it instead, which begins then.  `owner` restricts it to one group or team.
    Returns what was extended, in words.  Raises EditError when nothing ends before that day.
    """
    extended = []
    last = end_of(until, zone)
    own_end = next((period.end for period in desk.person.periods), None)
    if owner is None and own_end is not None and (last is None or own_end < last):
        if desk.say("until", until):
            extended.append(f"all memberships of {desk.alias}")
        else:
            raise EditError(f"{desk.alias} is in a table, at {desk.person.origin}", hint="Change the date there.")
    done: set[Place] = set()
    # Each change moves what stands below it, so the lists are looked at again.
    while found := {place: one for place, one in _endings(desk, last, zone, owner).items() if place not in done}:
        place, ending = next(iter(found.items()))
        done.add(place)
        patcher = desk.draft.patcher(ending.file)
        if start is None:
            desk.draft.patch(ending.file, patcher.with_key(ending.item, "until", until))
        else:
            entry = {"person": scalar(desk.alias), "from": start, "until": until}
            desk.draft.patch(ending.file, patcher.with_item(ending.found.node, entry))
        extended.append(f"{desk.alias} in the {ending.found.owner}")
    if not extended:
        raise EditError(
            f"no membership of {desk.alias} ends before {until}",
            hint="Memberships without `until` do not end; write it by hand to let one end.",
        )
    return extended


def _endings(desk: PersonEditor, last: datetime | None, zone: tzinfo, owner: Owner | None) -> dict[Place, Ending]:
    """The latest line of each list that ends before `last`.  Exceptions are none of them: they keep somebody out."""
    latest: dict[Place, Ending] = {}
    for file, root, found, item in desk.entries():
        written = value_of(item, "until")
        meant = found.role in _IN_LISTS and (owner is None or found.owner == owner)
        end = end_of(written.value, zone) if meant and isinstance(written, yaml.ScalarNode) else None
        if end is None or (last is not None and last <= end):
            continue
        if owner is not None:
            unshared(root, owner, item)
        place = (file, found.owner, found.role)
        if place not in latest or latest[place].end <= end:
            latest[place] = Ending(file, found, item, end)
    return latest


def person_of(desired: Desired, alias: str) -> Person | None:
    return next((person for person in desired.people if person.alias == Alias(alias)), None)
