"""A project before it is one: composed where nobody sees it, tried, and put into place when it is whole.

Whoever starts does not know whether address, key and session are right, or which groups there are.  So nothing
stands in their folder until the last answer is given: no half of a project, and no address that leads nowhere.
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from wagroups.domain.identity import AccountKey, GroupJid
from wagroups.domain.live.capability import Capabilities
from wagroups.domain.ports import Health
from wagroups.domain.transcript import Import, Transcript
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.workflows.reconcile.session import Session, WaitPolicy, connected, open_session
from wagroups.workflows.setup.first_files import ACCOUNT, LEDGER_FOLDER, Choices, Files, first_files
from wagroups.workflows.setup.import_groups import ImportOptions, Surveys, offered, survey, write_groups
from wagroups.workflows.setup.init import check_free, start, write

_ACCOUNTS: Final = (AccountKey(ACCOUNT),)


class Reached(NamedTuple):
    """A gateway that answered."""

    capabilities: Capabilities
    health: Health


class Trial:
    """A project in a folder of its own, in front of the real gateway."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.taken: Import | None = None
        self.written: tuple[str, ...] = ()
        """What stands in the user's folder, once the trial is over."""
        self._surveys: Surveys = {}
        self._named: tuple[AliasEntry, ...] = ()

    async def look(
        self, named: Sequence[AliasEntry], patience: WaitPolicy, asking: Callable[[int], None]
    ) -> tuple[Transcript, ...]:
        """The live groups that can be taken down.  Raises GatewayError, NotYet, Refusal, ProjectError."""
        self._named = tuple(named)
        self._surveys = await survey(self.session, ImportOptions(_ACCOUNTS, named=self._named), patience, asking)
        return tuple(item for item in offered(self.session, self._surveys) if isinstance(item, Transcript))

    def take(self, groups: Collection[GroupJid]) -> Import:
        """Write manifests of `groups`, or of all.  Raises what `placing.place` raises."""
        wishes = ImportOptions(_ACCOUNTS, tuple(groups), self._named)
        self.taken = write_groups(self.session, wishes, self._surveys)
        return self.taken


async def reach(choices: Choices, environ: Mapping[str, str]) -> Reached:
    """Ask the gateway whether it knows the account.  Raises GatewayError, and ProjectError for what is missing."""
    with _composed(choices, environ) as session:
        async with connected(session, _ACCOUNTS) as (account,):
            return Reached(account.gateway.capabilities, await account.gateway.health())


@contextmanager
def on_trial(root: Path, choices: Choices, environ: Mapping[str, str], *, force: bool = False) -> Iterator[Trial]:
    """A trial whose files and memory stand in `root` when the block has ended well and something was taken down.

    Raises Refusal for files that exist, unless they are to be written anew by `force`, and OSError.
    """
    with TemporaryDirectory(prefix="wagroups-init-") as folder:
        with _composed(choices, environ, Path(folder)) as session:
            trial = Trial(session)
            yield trial
        if trial.taken is not None and trial.taken.groups:
            files = _whole(Path(folder), choices, trial.taken)
            if not force:
                check_free(root, files)
            trial.written = start(root, files)
            # Who was met and what was spent is worth keeping: asking again would cost both sides.
            if not (root / LEDGER_FOLDER).exists():
                shutil.move(Path(folder) / LEDGER_FOLDER, root / LEDGER_FOLDER)


@contextmanager
def _composed(choices: Choices, environ: Mapping[str, str], folder: Path | None = None) -> Iterator[Session]:
    if folder is None:
        with TemporaryDirectory(prefix="wagroups-init-") as made, _composed(choices, environ, Path(made)) as session:
            yield session
        return
    # A database that all jobs share may not be there yet.
    write(folder, first_files(replace(choices, ci=None, example=False)))
    with open_session(folder, environ) as session:
        yield session


def _whole(folder: Path, choices: Choices, taken: Import) -> Files:
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in taken.files}
    return first_files(replace(choices, example=False)) | texts
