"""Identity and consent around one service: what it is kept in, and how askers stand to patients."""

from __future__ import annotations

from api.security.keeping import Keeping
from api.security.principal import Principal
from api.wiring import Service
from engine.errors import Problem, Refused


class Security(Keeping):
    """draining: whether the end is near, so that nothing new is begun."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.settings, service.now)
        self.service = service
        self.draining = False

    def check_administrator(self) -> None:
        """Raises Refused while nobody could let anybody in."""
        if not self.settings.demo and not self.identity.any_administrator():
            do = "Add one: tandem accounts first-administrator NAME."
            raise Refused([Problem("", "administrator-missing", "There is no administrator yet.", do)])

    def on_team(self, principal: Principal, patient: str) -> bool:
        """Whether somebody is on the care team of a patient of their own tenant."""
        person = self.seal.person(principal.tenant, patient)
        return principal.id in self.identity.team(principal.tenant, person, self.now())

    def in_emergency(self, principal: Principal, patient: str | None) -> bool:
        """Whether somebody has said, with a reason and not long ago, that it is an emergency of this patient."""
        if patient is None:
            return False
        return self.identity.in_emergency(principal.tenant, self.seal.person(principal.tenant, patient), principal.id, self.now())
