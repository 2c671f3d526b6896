"""The world that comes with the program, as a seed (see `simulation.world.seed` for the format).

Its people are those of the example `club`, so that its manifests can be tried on them; Rosa is in no manifest.
"""

from typing import Final

CLUB: Final = """\
me: office
people:
  office: +44 7700 900100
  amara: +44 7700 900101
  bela: +44 7700 900102
  chidi: +44 7700 900103
  dana: +44 7700 900104
  emre: +44 7700 900105
  fay: +44 7700 900106
  gus: +44 7700 900107
  hana: +44 7700 900108
  ivo: +44 7700 900109
  juno: +44 7700 900110
  rosa: +44 7700 900150
groups:
  - subject: Regatta helpers
    created: 2026-01-31T09:00:00Z
    admins: [bela]
    members: [hana, rosa]
"""
"""One group that no manifest mentions, and everything else still to be made."""
