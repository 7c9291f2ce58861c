"""The key of a model's server: from the settings, else from the system's keyring where `keyring` is installed."""

from catalog.settings import Settings

SERVICE = "almanac"


def api_key(settings: Settings) -> str | None:
    """The key, or None; `keyring set almanac api_key` puts one into the keyring."""
    if settings.api_key:
        return settings.api_key.get_secret_value()
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(SERVICE, "api_key")
    except KeyringError:  # a machine without a keyring that works
        return None
    return found
