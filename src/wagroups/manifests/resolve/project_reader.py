"""From the trees of all files to what they declare: people first, then teams, groups and communities."""

from pathlib import Path
from types import MappingProxyType

from wagroups.domain.declared.desired import Desired
from wagroups.manifests.configuration.config_file import Configured
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import LAYER_FIELDS
from wagroups.manifests.load.tree import MapEntry
from wagroups.manifests.load.validation import Reader
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.resolve.acknowledgements import read_known
from wagroups.manifests.resolve.communities import CommunityReader
from wagroups.manifests.resolve.csv_rosters import Tables
from wagroups.manifests.resolve.dates import Dates
from wagroups.manifests.resolve.directory import DeclaredPeople, PeopleReader, Policy
from wagroups.manifests.resolve.doubts import Doubts
from wagroups.manifests.resolve.generators import Generators
from wagroups.manifests.resolve.groups import Accounts, GroupReader
from wagroups.manifests.resolve.layers import Layer
from wagroups.manifests.resolve.member_entries import EntryReader
from wagroups.manifests.resolve.memberships import Memberships
from wagroups.manifests.resolve.people_tables import Enrolment
from wagroups.manifests.resolve.pictures import PictureReader
from wagroups.manifests.resolve.sections import Sections
from wagroups.manifests.resolve.teams import Teams
from wagroups.manifests.resolve.uniqueness import check_between


class ProjectReader:
    """Resolves the sections of one project.  What is wrong is among the findings of `reader`."""

    def __init__(self, root: Path, reader: Reader, sections: Sections) -> None:
        self._root = root
        self._reader = reader
        self._findings: Findings = reader.findings
        self._sections = sections
        self.contents: dict[str, bytes] = {}
        """Of every picture and table that was read, by its name."""

    def read(self, configured: Configured) -> Desired:
        """What is declared; `files` and `digest` are the caller's to fill in, who read the files."""
        config, tables = configured.config, self._sections.tables
        policy = Policy(config.region, config.privacy.require_alias)
        phones, doubts = Phones(config.numbers), Doubts(self._findings)
        dates = Dates(self._findings, config.timezone, written=configured.timezone_written)
        memberships = Memberships(self._findings, dates.zone, configured.version)
        sheets = Tables(self._root, self._reader)
        directory = self._directory(PeopleReader(self._reader, phones, doubts, policy, dates), sheets)
        self._check_protected(configured, directory)
        people = EntryReader(self._reader, directory, tables["teams"], phones, doubts, policy, sheets, dates)
        teams = Teams(tables["teams"], self._reader, people, dates, memberships)
        profiles = {name: self._profile(name, entry) for name, entry in tables["profiles"].items()}
        defaults = Layer(self._sections.defaults, ("defaults",), frozenset(self._sections.default_files))
        accounts = Accounts(frozenset(config.accounts), config.default_account)
        pictures = PictureReader(self._root, self._findings)
        reader = GroupReader(self._reader, teams, memberships, pictures, accounts, defaults, profiles)
        declared = Generators(self._reader, sheets).groups(tables["groups"], tables["generate"])
        groups = [reader.read(one) for one in declared]
        check_between(groups, self._findings)
        doubts.report()
        communities = CommunityReader(self._reader, teams, memberships)
        communities.check(groups, tables["communities"])
        self.contents = {**pictures.contents, **sheets.contents}
        return Desired(
            groups=MappingProxyType({group.key: group for group in sorted(groups, key=lambda group: group.key)}),
            communities=MappingProxyType(communities.read(tables["communities"])),
            people=tuple(person for _, person in sorted(directory.by_alias.items())),
            accounts=frozenset(config.accounts),
            known=read_known(
                self._sections.known, self._reader, {group.key for group in groups}, directory.by_alias.keys()
            ),
            timezone=config.timezone,
        )

    def _profile(self, name: str, entry: MapEntry) -> Layer:
        flat = self._reader.flat(entry.node, entry.origin, LAYER_FIELDS, "a profile")
        return Layer(flat, (f"profile {name}",), frozenset({entry.key_origin.file}))

    def _directory(self, people: PeopleReader, sheets: Tables) -> DeclaredPeople:
        people.read(self._sections.tables["people"])
        Enrolment(self._reader, people, sheets).read(self._sections.directories)
        people.complete()
        people.check_recycled()
        return people.directory

    def _check_protected(self, configured: Configured, directory: DeclaredPeople) -> None:
        for written in configured.protect:
            if written.text not in directory.declared:
                self._findings.unknown_alias(written.text, written.origin, directory.by_alias, directory.declared)
