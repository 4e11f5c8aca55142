"""What the page to sign in says, in every language."""

from __future__ import annotations

from engine.dictionary import Language

SIGN_IN_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "sign_in_title": "Sign in to Tandem",
        "sign_in_lead": "For staff, and for people who were given an account.",
        "sign_in_name": "Name",
        "sign_in_password": "Password",
        "sign_in_code": "Code",
        "sign_in_code_hint": "The six digits that your authenticator app shows now.",
        "sign_in_button": "Sign in",
        "sign_in_provider": "Sign in with the account of your organisation",
        "sign_in_wrong": (
            "Name, password and code do not fit together. Check the name and the password, wait for the next code, and try "
            "again. After several wrong tries an account rests for a few minutes. If it still fails, ask an administrator."
        ),
        "sign_in_stale": "This page was open for too long, or cookies are off. Allow cookies for this site, and sign in again.",
        "sign_in_busy": "Too many people are signing in. Wait a few seconds, and try again.",
    },
    "es": {
        "sign_in_title": "Entrar en Tandem",
        "sign_in_lead": "Para el personal y para quienes recibieron una cuenta.",
        "sign_in_name": "Nombre de usuario",
        "sign_in_password": "Contraseña",
        "sign_in_code": "Código",
        "sign_in_code_hint": "Los seis dígitos que muestra ahora su aplicación de autenticación.",
        "sign_in_button": "Entrar",
        "sign_in_provider": "Entrar con la cuenta de su organización",
        "sign_in_wrong": (
            "El nombre, la contraseña y el código no coinciden. Revise el nombre y la contraseña, espere el siguiente "
            "código y vuelva a intentarlo. Tras varios intentos fallidos, la cuenta descansa unos minutos. Si sigue sin "
            "funcionar, pida ayuda a un administrador."
        ),
        "sign_in_stale": (
            "Esta página estuvo abierta demasiado tiempo, o las cookies están desactivadas. Permita las cookies de este "
            "sitio y vuelva a entrar."
        ),
        "sign_in_busy": "Demasiadas personas están entrando. Espere unos segundos y vuelva a intentarlo.",
    },
}
