"""Every knob that an operator may turn: environment variables `SIGER_*` or `siger.toml`, in one class.

Only deployment knobs live here. Decisions about behaviour are constants with their reason, in the module they
belong to.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dashboard import setting_checks as checks
from dashboard.basemap import check as checked_basemap

Mode = Literal["demo", "serve"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Siger's settings. Each field is `SIGER_` and its name in capitals in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="SIGER_", env_ignore_empty=True, toml_file="siger.toml", extra="ignore"
    )

    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless told otherwise.")
    port: int = Field(8050, ge=1, le=65535, description="Port of the web server.")
    data_dir: Path = Field(
        Path("siger-data"), description="Folder of the embedded log, the archive and imported boundaries."
    )
    redis_url: SecretStr | None = Field(
        None,
        description="A Redis or Valkey 7.2+ to use instead of the embedded one, such as redis://host:6379/0; "
        "may hold a password.",
    )
    taxonomy: Path | None = Field(
        None, description="A TOML file whose entries replace or add to the bundled taxonomy."
    )
    basemap: str | None = Field(
        None,
        description="A raster MBTiles or PMTiles file to show under the areas, or a tile address such as "
        "https://tile.example.org/{z}/{x}/{y}.png; the map has a ground of its own without one.",
    )
    language: Literal["id", "en"] = Field("id", description="Language of the pages where a viewer chose none.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much the server says on standard error."
    )
    public_url: str | None = Field(
        None,
        description="The address under which people reach Siger, such as https://siger.example.go.id: other Host "
        "names are refused, and cookies are for https alone.",
    )
    session_hours: int = Field(12, ge=1, le=168, description="A session ends so long after the log in: a shift.")
    idle_minutes: int = Field(30, ge=1, le=1440, description="A session that nobody uses for so long ends.")
    keys_dir: Path | None = Field(
        None,
        description="Folder of the keys that operators hold (audit signature, sealed identities); "
        "'keys' in the store's folder unless told otherwise.",
    )
    connections: int = Field(
        4_000,
        ge=16,
        le=100_000,
        description="Connections that are held at once; the next ones are refused with a 503.",
    )
    engine: Literal["inside", "apart"] = Field(
        "inside",
        description="Who does what one place at a time does (levels, alarms, notifications, archive): whichever "
        "process is there first, or 'siger engine' alone.",
    )
    sources: Literal["open", "registered"] = Field(
        "open", description="Who may send: every source that rights let in, or only those that are registered."
    )
    osmand_speed: Literal["knots", "kmh", "mps"] = Field(
        "knots", description="Unit of the speed in OsmAnd's query form; Traccar's is knots."
    )
    cot_port: int | None = Field(
        None, ge=1, le=65535, description="TCP port for Cursor on Target; closed unless a number is given."
    )
    cot_tls_cert: Path | None = Field(
        None, description="The CoT port's certificate (PEM): it then speaks TLS alone."
    )
    cot_tls_key: Path | None = Field(None, description="Its private key (PEM), if that is not in the same file.")
    cot_tls_ca: Path | None = Field(
        None, description="Who signs the certificates that CoT clients must show (PEM); each stands for a token."
    )
    cot_host: str = Field(
        "127.0.0.1", description="Address of the CoT port; others than loopback need SIGER_COT_TLS_CA."
    )
    cap_feed: str | None = Field(
        None,
        description="An RSS index of CAP alerts to follow, such as "
        "https://www.bmkg.go.id/alerts/nowcast/id/rss.xml; nothing is fetched unless one is given.",
    )
    notify: Path | None = Field(
        None, description="A TOML file of rules that says who is told of which incidents (docs/connect.md)."
    )
    identity_days: int = Field(
        365,
        ge=1,
        le=3650,
        description="The identity of who made a restricted report is destroyed after so many days.",
    )
    mode: Mode = Field("serve", description="Set by the command that starts Siger: demo or serve.")

    _folders = field_validator("data_dir", "keys_dir")(checks.folder)
    _site = field_validator("public_url")(checks.site)
    _feed = field_validator("cap_feed")(checks.web_address)
    _log = field_validator("redis_url")(checks.log_address)

    @field_validator("basemap")
    @classmethod
    def _is_a_basemap(cls, value: str | None) -> str | None:
        return checked_basemap(value) if value else None

    @field_validator("cot_tls_ca")
    @classmethod
    def _has_certificate(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("cot_tls_cert") is None:
            raise ValueError("needs SIGER_COT_TLS_CERT: without TLS nobody shows a certificate")
        return value

    @field_validator("cot_host")
    @classmethod
    def _is_closed_to_strangers(cls, value: str, info: ValidationInfo) -> str:
        if value not in LOOPBACK and info.data.get("cot_tls_ca") is None:
            raise ValueError(
                "is open to others, and CoT has no log in: give SIGER_COT_TLS_CERT and SIGER_COT_TLS_CA, "
                "which lets in who shows a certificate"
            )
        return value

    @property
    def store_dir(self) -> Path:
        """Where this mode keeps its store: demonstration and real data never share one."""
        return self.data_dir / ("demo" if self.mode == "demo" else "real")

    @property
    def archive_dir(self) -> Path:
        """Where closed days are kept as Parquet."""
        return self.store_dir / "archive"

    @property
    def log_prefix(self) -> str:
        """Under which names this mode's log stands in its server, for the same reason."""
        return "siger-demo" if self.mode == "demo" else "siger"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
