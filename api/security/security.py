"""Identity and consent around one service: what it is kept in, and how askers stand to patients."""

from __future__ import annotations

from adapters.store import StoreFault
from api.security.agreements import Agreement, agreement_of
from api.security.ehrs import Ehrs
from api.security.keeping import Keeping
from api.security.keysets import JwkSet, KeySets
from api.security.outbound import Budget, Outbound, Unavailable
from api.security.principal import Principal
from api.wiring import Service
from engine.errors import Problem, Refused


class Security(Keeping):
    """draining: whether the end is near, so that nothing new is begun."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.settings, service.now)
        self.service = service
        self.draining = False
        self.outbound = Outbound(self._servers, service.settings.call_networks)
        self.ehrs = Ehrs(self.identity, KeySets(self._keys_at), service.settings.bases, self.now)

    def _servers(self, client: str) -> tuple[str, ...]:
        """The FHIR servers that a system has registered."""
        found = self.identity.client(client)
        return agreement_of(found).servers if found is not None and found.active else ()

    def app(self, client: str) -> str | None:
        """Where a system launches our SMART app; None where it does not, or where that cannot be read. Without TLS for trying out only."""
        try:
            found = self.identity.client(client)
        except StoreFault:
            return None  # it costs a link, and never a card
        app = agreement_of(found).app if found is not None and found.active else None
        return app if app is None or app.startswith("https://") or self.settings.tried_out else None

    def origins(self) -> frozenset[str]:
        """Every origin whose browsers may ask. Raises StoreFault."""
        agreed = (Agreement.model_validate_json(document) for document in self.identity.agreements())
        return frozenset(self.settings.origins).union(*(each.origins for each in agreed))

    async def _keys_at(self, address: str) -> JwkSet | Unavailable:
        return await self.outbound.document(address, Budget(seconds=2.0, bytes=256 * 1024, requests=1))

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
