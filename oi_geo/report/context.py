"""The context of a proposal as a readable text (Markdown)."""

import math
from collections.abc import Sequence

from oi_geo.candidates.context import Special, sentences, too_few
from oi_geo.candidates.measures import MEASURES
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.situate import Context, Together
from oi_geo.report.context_origin import Origin, files_text, origin_table
from oi_geo.report.markdown import markdown_table, plain_text, sources_table
from oi_geo.text import nl_count, nl_number, nl_percentage

NOTHING = "geen uitspraak"


def context_markdown(
    context: Context,
    origin: Origin,
    *,
    obstacles: Sequence[Obstacle] = (),
    notes: Sequence[str] = (),
    nearest: Sequence[str] = (),
) -> str:
    """Write the context of a proposal as Markdown; the same context and day give the same text.

    Parameters
    ----------
    context : Context
    origin : Origin
    obstacles : sequence of Obstacle
        What is impossible and therefore outside the ensemble.
    notes : sequence of str
        Dutch sentences that stand under the table of measures.
    nearest : sequence of str
        Name of the file of each of the nearest plans.
    """
    example = ["**Fictief voorbeeldgebied**: namen, codes en aantallen zijn verzonnen."]
    parts = [
        f"# {plain_text(f'Context van {origin.proposal}')}",
        *(example if origin.problem.area.is_example else []),
        _ensemble(context),
        origin_table(origin, context),
        "## Plaats van het voorstel",
        "\n".join(f"- {plain_text(sentence)}" for sentence in sentences(context.specials)),
        markdown_table(MEASURE_HEADS, measure_rows(context.specials)),
        *(plain_text(note) for note in notes),
        *(["## Onmogelijk", _impossible(obstacles)] if obstacles else []),
        "## Twijfelachtige eenheden",
        _doubts(context),
        "## Het dichtst bij het voorstel",
        _nearest(context, nearest),
        *(["## Bestanden", files] if (files := files_text(origin)) else []),
        "## Bronnen",
        sources_table(origin.sources),
    ]
    return "\n\n".join(parts) + "\n"


def percentile_text(special: Special) -> str:
    """Write a percentile; that nothing is claimed, or a dash where a percentage says nothing."""
    return _none(special) or nl_percentage(special.percentiel)


def _none(special: Special) -> str:
    """Write why there is no percentile: no agreement, or plans that do not differ enough."""
    if not math.isnan(special.percentiel):
        return ""
    return "–" if special.told else NOTHING


def drawn_text(context: Context) -> str:
    """Say how often the proposal itself was drawn; empty where it was not."""
    if not context.drawn:
        return ""
    return (
        f"Het voorstel zelf is {nl_number(context.drawn)} keer getrokken (van "
        f"{nl_count(context.plans, 'bewaard plan', 'bewaarde plannen')}) en staat hier niet bij."
    )


def figure_text(value: float, decimals: int = 0) -> str:
    """Write a figure about the chains; a dash where it has no value."""
    return nl_number(value, decimals) if math.isfinite(value) else "–"


def interval_text(special: Special) -> str:
    """Write the 95 % interval of a percentile, or that nothing is claimed."""
    low, high = special.interval
    return _none(special) or f"{nl_percentage(low)} tot {nl_percentage(high)}"


def _ensemble(context: Context) -> str:
    """Say what the ensemble is, how its plans are distributed, and where that is explained."""
    sampled = context.sampled
    groups = nl_count(sampled.groups, "groep", "groepen")
    chains = nl_count(sampled.chains, "keten", "ketens")
    steps = "die elk vanaf een eigen begin" if sampled.chains > 1 else "die vanaf haar begin"
    made = "deden" if sampled.chains > 1 else "deed"
    return (
        f"Het ensemble bestaat uit geldige plannen van {groups}, uit {chains} {steps} "
        f"{nl_count(sampled.made, 'stap', 'stappen')} {made}. Compacte plannen komen er vaker in "
        "voor, naar het aantal opspannende bomen van hun groepen (het aantal manieren om een groep "
        "zonder omwegen te verbinden); `docs/methode.md` legt dat uit onder 'Het ensemble'."
    )


MEASURE_HEADS = (
    "Maat", "Voorstel", "Percentiel", "95 %-interval", "R-hat",
    "Effectieve omvang (midden / staart)", "Ketens eens",
)  # fmt: skip


def measure_rows(specials: Sequence[Special]) -> list[list[str]]:
    """Write the table of measures, a column for each of `MEASURE_HEADS`."""
    return [
        [
            MEASURES[special.maat].als,
            nl_number(special.waarde, MEASURES[special.maat].decimals),
            percentile_text(special),
            interval_text(special),
            figure_text(special.r_hat, 3),
            f"{figure_text(special.ess_bulk)} / {figure_text(special.ess_tail)}",
            agreement_text(special, "nee"),
        ]
        for special in specials
    ]


def agreement_text(special: Special, disagree: str) -> str:
    """Say whether the chains agree on a measure, and whether it is the same in all plans.

    Where the chains do agree, but count for too few independent plans, that is said.
    """
    if too_few(special):
        return "te weinig plannen"
    if not special.geconvergeerd:
        return disagree
    return "ja, in alle plannen gelijk" if special.vast else "ja"


def _impossible(obstacles: Sequence[Obstacle]) -> str:
    rows = [[one.reason, " ".join(one.where), one.relaxation] for one in obstacles]
    return markdown_table(["Reden", "Waar", "Kleinste verruiming"], rows)


def _doubts(context: Context) -> str:
    """List the border units that more often lie on the other side; nothing without agreement."""
    if not context.converged:
        return "Zolang de ketens het niet eens zijn, valt over losse eenheden niets te zeggen."
    rows = [row for one in context.together for row in _doubt_rows(one)]
    found = f"{shares_from(context)}\n\n" if context.few else ""
    if not rows:
        return (
            f"{found}Geen eenheid aan een rand ligt vaker aan de andere kant dan waar het voorstel "
            "haar legt."
        )
    return found + markdown_table(
        ["Groep", "Eenheid", "In het voorstel erbij", "Toelichting"], rows
    )


def shares_from(context: Context) -> str:
    """Say how few different plans the shares per unit come from."""
    number = nl_count(context.different, "plan", "verschillende plannen")
    return f"De aandelen per eenheid komen uit maar {number}."


def _doubt_rows(one: Together) -> list[list[str]]:
    return [[one.groep, d.eenheid, "ja" if d.erbij else "nee", d.zin] for d in one.twijfel]


def _nearest(context: Context, names: Sequence[str]) -> str:
    if not (names or context.drawn):
        return "Van het voorstel staat niets in het gebied dat het ensemble verdeelt."
    rows = [
        [name, nl_percentage(near.distance)]
        for name, near in zip(names, context.nearest, strict=True)
    ]
    heads = ["Bestand", "Mensen die van groep veranderen"]
    parts = [drawn_text(context), markdown_table(heads, rows) if rows else ""]
    return "\n\n".join(part for part in parts if part)
