"""What cards say besides what the knowledge and the engine say, in every language."""

from __future__ import annotations

from engine.dictionary import Language

_PHRASES: dict[str, tuple[str, str]] = {
    "why": ("Why", "Por qué"),
    "data": ("Data used", "Datos usados"),
    "unknown": ("Not known", "No se sabe"),
    "evidence": ("Evidence and grade", "Evidencia y grado"),
    "alternatives": ("Alternatives", "Alternativas"),
    "again": ("When to re-check", "Cuándo volver a revisar"),
    "do": ("What to do", "Qué hacer"),
    "help": ("Help at any hour", "Ayuda a cualquier hora"),
    "no_data": ("Nothing that is known; it is a precaution.", "Nada que se sepa; es una precaución."),
    "nothing_unknown": ("Nothing that would change this.", "Nada que cambiaría esto."),
    "no_alternative": ("None in this release: ask a prescriber.", "Ninguna en esta versión: consulte a quien prescribe."),
    "use_unknown": (
        "They depend on what it is for, which is not known here: ask a prescriber.",
        "Dependen de para qué se usa, y aquí no se sabe: consulte a quien prescribe.",
    ),
    "no_alternatives_needed": ("None is needed to act on this.", "No hace falta ninguna para actuar."),
    "contact_every": ("Next contact within {time}, with {who}.", "Próximo contacto en {time}, con {who}."),
    "goes_stale": ("{what} goes out of date on {date}.", "{what} deja de estar vigente el {date}."),
    "new_data": ("When anything above changes.", "Cuando cambie algo de lo anterior."),
    "precaution": ("precaution: not known yet", "precaución: aún no se sabe"),
    "review": (
        "For review by a clinician, by local protocol. The decision stays with the person and the clinician.",
        "Para revisión de un profesional clínico, según el protocolo local. La decisión es de la persona y del profesional.",
    ),
    "verified": ("verification {tag}", "verificación {tag}"),
    "more": ("and {count} more", "y {count} más"),
    "unconfirmed": ("Only the second engine calls for this.", "Solo el segundo motor lo pide."),
    "ordered_withheld": ("Order of {what}: contraindicated", "Orden de {what}: contraindicada"),
    "ordered_caution": ("Order of {what}: take care", "Orden de {what}: con precaución"),
    "taken_withheld": ("{what} is taken, and contraindicated", "Toma {what}, que está contraindicado"),
    "ordered_unknown": (
        "Order of {what}: {count} contraindications could not be ruled out",
        "Orden de {what}: {count} contraindicaciones sin descartar",
    ),
    "because_of": ("{what}. {why}", "{what}. {why}"),
    "because_unknown": ("{what} until this is known. {why}", "{what} hasta que se sepa. {why}"),
    "with_order": ("With this order: {what}", "Con esta orden: {what}"),
    "also": ("Also recommended: {what}", "También se recomienda: {what}"),
    "plan": ("For review: {what}", "Para revisar: {what}"),
    "not_judged": ("Not judged in full: {what}", "Sin evaluar del todo: {what}"),
    "find_out": ("To find out: {what}", "Por averiguar: {what}"),
    "ask_first": ("To find out first", "Averiguar primero"),
    "missing": ("{key}: not sent", "{key}: no se envió"),
    "failed": ("{key}: could not be read by the sender", "{key}: quien envía no pudo leerlo"),
    "incomplete": ("{key}: only a part was sent", "{key}: solo se envió una parte"),
    "lost": ("An order that was named was not sent: {what}", "No se envió una orden nombrada: {what}"),
    "could_be": (
        "Entries that were not understood and could speak against it: {count}",
        "Entradas que no se entendieron y podrían desaconsejarlo: {count}",
    ),
    "not_understood": ("entries that were not understood: {count}", "entradas que no se entendieron: {count}"),
    "too_late": ("This appointment is later than the next contact should be", "Esta cita es posterior al próximo contacto debido"),
    "booked": ("Booked for {date}.", "Reservada para el {date}."),
    "remove": ("Remove the order of {what}", "Retirar la orden de {what}"),
    "consider": ("Ask a prescriber about {what} instead", "Consultar a quien prescribe sobre {what} en su lugar"),
    "consider_medicine": ("Ask a prescriber to consider {what}", "Pedir a quien prescribe que valore {what}"),
    "propose": ("Propose: {what}", "Proponer: {what}"),
    "tell": ("Draft a message to {who}", "Preparar un mensaje para {who}"),
    "follow_up_plan": ("Draft the follow-up: contact within {time}", "Preparar el seguimiento: contacto en {time}"),
    "trace": ("How this came about", "Cómo se llegó a esto"),
    "app": ("Open in Tandem", "Abrir en Tandem"),
    "unrecorded": ("This answer could not be written in the journal.", "Esta respuesta no se pudo anotar en el diario."),
    "disagreed": ("Two engines read a rule differently: have it checked.", "Dos motores leen una regla de modo distinto: revíselo."),
    "past_made": (
        "It was made as of {time}, under release {release}. It is shown as it was then: what has happened since is not in it.",
        "Se tomó con fecha de {time}, con la versión {release}. Se muestra como fue entonces: no incluye lo ocurrido después.",
    ),
    "past_for": (
        "It was made for {title} (service {service}, hook {hook}), and answered on {time} with cards: {count}.",
        "Se tomó para {title} (servicio {service}, hook {hook}), y se respondió el {time} con tarjetas: {count}.",
    ),
    "past_card": (
        "The card that led here ({indicator}) was about: {about}.",
        "La tarjeta que lleva aquí ({indicator}) trataba de: {about}.",
    ),
    "critical": ("critical", "crítica"),
    "warning": ("warning", "advertencia"),
    "info": ("information", "información"),
    "past_given": ("Data that was sent", "Datos que se enviaron"),
    "past_recent": ("Sent newest first, and what was left out is out of date", "Se envió lo más reciente, y el resto ya no está vigente"),
    "past_empty": ("Sent, and nothing was in it", "Se envió sin contenido"),
    "past_missing": ("Not sent", "No se envió"),
    "past_failed": ("Could not be read by the sender", "Quien envía no pudo leerlo"),
    "past_incomplete": ("Only a part was sent", "Solo se envió una parte"),
    "past_unread": ("Sent and not read, by reason", "Se envió y no se leyó, por motivo"),
    "past_references": (
        "The resources behind each value were named on the card; they are not kept here.",
        "Los recursos detrás de cada valor se nombraron en la tarjeta; aquí no se guardan.",
    ),
    "threshold": ("threshold", "umbral"),
}  # fmt: skip


def say(phrase: str, language: Language, **slots: object) -> str:
    """A phrase with its slots filled."""
    english, spanish = _PHRASES[phrase]
    return (spanish if language == "es" else english).format(**slots)
