"""What may be set: by TANDEM_* variables, in a TOML file (TANDEM_SETTINGS), or one file each in a folder (TANDEM_SECRETS)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretBytes, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.security.bases import origin_of
from engine.errors import Problem, Refused
from knowledge.load import FOLDER

PREFIX = "TANDEM_"
MAX_BODY = 8 * 1_048_576
MAX_CONCURRENT = 16
KEY_BYTES = 32


def _key(value: object) -> object:
    """A key is 32 bytes as base64, and not one that anybody could guess."""
    if isinstance(value, str):
        try:
            value = b64decode(value, validate=True)
        except ValueError:
            raise ValueError("not base64") from None
    if isinstance(value, bytes) and (len(value) != KEY_BYTES or len(set(value)) < KEY_BYTES // 4):
        raise ValueError("not 32 random bytes")
    return value


Whole = Annotated[int, Field(gt=0, lt=2**31)]


def _switch(value: object) -> object:
    return {"auto": True, "off": False}.get(value) if isinstance(value, str) else value


Switch = Annotated[bool, BeforeValidator(_switch)]


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(origin_of)], ...], NoDecode, BeforeValidator(_words)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_words)]


class Settings(BaseModel):
    """knowledge: the folder of the knowledge base. overlay: the parameters that the site changes.

    data: the folder of the keys, and of the database unless `database` names one.

    durable: whether durable-rules runs beside our own reading. fault: a fault put into it, for tests and demonstrations.
    sandbox: whether there is a page to try cards out, and times in answers; left out, in a demonstration only.
    max_body: bytes of a request. max_concurrent: decisions that are worked on at once. rate: requests a second and client.
    demo: no identity, on this machine only. secret_key: 32 random bytes. public_url: how clients reach us. tls: by HTTPS only.
    public_aliases: other addresses under which a proxy publishes us. origins: of browsers that may ask, beside those of systems.
    call_networks: networks beside the open internet in which FHIR servers and key sets may be called. Each: words with spaces between.
    bulk: the folder of exports for population runs: in it one folder a tenant, in that one an export. bulk_jobs: runs at once.
    drain: seconds in which what is being worked on may end before the process does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    knowledge: Path = FOLDER
    overlay: Path | None = None
    data: Path = Path("tandem-data")
    database: str | None = None
    durable: Switch = True
    fault: str | None = None
    max_body: Whole = MAX_BODY
    max_concurrent: Whole = MAX_CONCURRENT
    rate: Whole = 200
    demo: bool = False
    secret_key: Annotated[SecretBytes, BeforeValidator(_key)] | None = None
    public_url: str = "http://127.0.0.1:8000"
    public_aliases: Words = ()
    origins: Origins = ()
    call_networks: Networks = ()
    tls: bool = False
    bulk: Path | None = None
    bulk_jobs: Whole = 1
    drain: Annotated[int, Field(ge=0, le=300)] = 3
    sandbox: bool | None = None
    log: Literal["debug", "info", "warning", "error"] = "info"
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret: SecretStr | None = None
    oidc_tenant: str = "main"

    @property
    def tried_out(self) -> bool:
        """Whether the sandbox is there."""
        return self.demo if self.sandbox is None else self.sandbox

    @property
    def database_url(self) -> str:
        """Where the journal and all that is stored lies."""
        return self.database or f"sqlite:///{self.data.absolute()}/tandem.sqlite3"

    @property
    def bases(self) -> tuple[str, ...]:
        """Every address under which clients reach us."""
        return tuple(address.rstrip("/") for address in (self.public_url, *self.public_aliases))

    @property
    def fhir_root(self) -> str:
        """The address of our own FHIR endpoint, under which questionnaires are published."""
        return f"{self.public_url.rstrip('/')}/fhir"

    @property
    def keys(self) -> Path:
        """The file of the journal's keys."""
        return self.data / "keys.json"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings; raises Refused with every one that cannot be used. An empty variable is one that is not set."""
    given = {name.upper(): value for name, value in environment.items() if value}
    home = Path(given.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    file, folder = given.pop(f"{PREFIX}SETTINGS", None), given.pop(f"{PREFIX}SECRETS", None)
    if f"{PREFIX}DURABLE_FAULT" in given:
        given[f"{PREFIX}FAULT"] = given.pop(f"{PREFIX}DURABLE_FAULT")
    if file is not None and not Path(file).is_file():
        raise Refused([Problem(f"{PREFIX}SETTINGS", "setting-wrong", "There is no such file.", "Name a TOML file.")])
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields)
    problems = [Problem(name, "setting-unknown", "There is no such setting.", "See docs/operating.md.") for name in unknown]
    try:
        found = _reader(given, file, folder)(data=home / "tandem")
    except ValidationError as error:
        raise Refused([*problems, *(_problem(item["loc"]) for item in error.errors(include_url=False, include_input=False))]) from None
    except (OSError, ValueError):
        raise Refused([Problem(f"{PREFIX}SETTINGS", "setting-wrong", "The file cannot be read.", "Name a TOML file.")]) from None
    if problems:
        raise Refused(problems)
    return Settings.model_validate(found.model_dump())


def _problem(location: tuple[str | int, ...]) -> Problem:
    name = str(location[0]) if location else ""
    told = PREFIX + name.upper() if name in Settings.model_fields else PREFIX + "SETTINGS"
    usual = Settings.model_fields[name].default if name in Settings.model_fields else None
    texts = {
        "durable": ("It is neither auto nor off.", "Leave it out for auto."),
        "sandbox": ("It is neither on nor off.", "Leave it out: on in a demonstration, else off."),
        "secret_key": ("It is not a key.", 'Make one: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'),
    }
    what, do = texts.get(name, ("It cannot be used.", f"Leave it out for {usual}." if isinstance(usual, int) else "See docs/operating.md."))
    return Problem(told, "setting-wrong", what, do)


def _reader(given: Mapping[str, str], file: str | None, folder: str | None) -> type[BaseSettings]:
    """Reads variables before the file, and the file before the folder of secrets."""

    class Reader(BaseSettings, Settings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del env_settings, dotenv_settings, file_secret_settings  # those of the process, which the caller has handed us instead
            sources: list[PydanticBaseSettingsSource] = [_Variables(settings_cls, given)]
            sources += [TomlConfigSettingsSource(settings_cls, Path(file))] if file else []
            sources += [SecretsSettingsSource(settings_cls, folder)] if folder else []
            return (*sources, init_settings)

    return Reader


class _Variables(EnvSettingsSource):
    """Reads the variables that it is handed, not those of the process."""

    def __init__(self, settings_cls: type[BaseSettings], given: Mapping[str, str]) -> None:
        self._given = {name.lower(): value for name, value in given.items()}
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return dict(self._given)
