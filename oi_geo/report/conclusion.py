"""What a test comes down to: the groups, worst first, one sentence, and the one thing to do next.

The page, the workbook and the report all tell it in these words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from oi_geo.criteria.finding import WHOLE_PLAN, Finding, Verdict
from oi_geo.criteria.kader import GENERAL, deciding, lapsed, load_kader
from oi_geo.criteria.regel import Regel
from oi_geo.pipeline import Toets
from oi_geo.placement import BY_POSTCODE
from oi_geo.plan import LEVEL_WORDS, PlanLevel
from oi_geo.text import nl_count, nl_list, nl_number

# What a rule function looks at, in two or three words for a small space.
SHORT = {
    "inwoners": "aantal inwoners",
    "ion_deelnemers": "aantal patiënten",
    "ion_vertegenwoordigd": "aantal patiënten",
    "huisartsen_vertegenwoordigd": "deel van de huisartsen",
    "huisartsen_en_inwoners_vertegenwoordigd": "deel van huisartsen en inwoners",
    "aaneengesloten": "aaneengesloten",
    "een_hub_per_gemeente": "één hub per gemeente",
    "gedeelde_gemeenten": "gedeelde gemeenten",
    "een_regio_organisatie": "één regio-organisatie",
    "wsv_in_een_regio_organisatie": "WSV in één regio-organisatie",
    "gevestigd_in_werkgebied": "zetel in het gebied",
    "gaten": "gaten",
    "overlappen": "overlap",
    "niet_toegewezen": "zonder groep",
    "te_kleine_rest": "te kleine rest",
    "snippers": "snippers",
}
# How many groups a sentence names; of more it only gives the number.
MOST_NAMES = 3
# Said beside what a kader finds that is not in force (see `lapsed_kaders`).
NOT_IN_FORCE = "kader niet van kracht: telt niet mee"
# What a table says of a group that no rule speaks about, and of one of which only the general rules
# hold because no kader counts: that is no approval.
NOT_TESTED = "geen regel"
MAP_ONLY = "alleen kaart getoetst"
NONE_COUNTS = "Alleen de algemene regels over de kaart zelf; aan geen geldend kader is getoetst."
# What is said of a general rule where only those were tested.
MAP_WORDS = {
    Verdict.VOLDOET_NIET: "niet nageleefd",
    Verdict.NIET_TE_BEPALEN: "niet te bepalen",
    Verdict.SIGNAAL: "met een signaal",
    Verdict.VOLDOET: "nageleefd",
}
FIRST = {
    Verdict.VOLDOET_NIET: "Los eerst op",
    Verdict.NIET_TE_BEPALEN: "Zoek eerst uit",
    Verdict.SIGNAAL: "Bespreek eerst",
}


@dataclass(frozen=True, eq=False)
class GroupResult:
    """What the rules say of one group.

    Attributes
    ----------
    group : str or None
        None for the proposal as a whole.
    findings : tuple of Finding
        The worst of each kader and rule, worst first; those of kaders that are not in force after
        the others, those that hold last.
    lapsed : frozenset of str
        Kaders that are not in force (see `lapsed_kaders`): what they say decides nothing.
    map_only : bool
        Whether only the general rules decide (see `deciding_kaders`).
    """

    group: str | None
    findings: tuple[Finding, ...]
    lapsed: frozenset[str] = frozenset()
    map_only: bool = False

    @property
    def name(self) -> str:
        """What the group is called."""
        return WHOLE_PLAN if self.group is None else self.group

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict; None where no rule in force speaks about the group."""
        said = [one.verdict for one in self.findings if one.kader not in self.lapsed]
        return min(said, key=lambda verdict: verdict.rank, default=None)

    @property
    def only_map_holds(self) -> bool:
        """Whether all that was tested holds, but no kader was: that is no approval."""
        return self.map_only and self.verdict is Verdict.VOLDOET

    @property
    def word(self) -> str:
        """What a table for people says of the group."""
        if self.verdict is None:
            return NOT_TESTED
        return MAP_ONLY if self.only_map_holds else self.verdict.value

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Return the findings with this verdict by kaders in force."""
        return tuple(
            one for one in self.findings if one.verdict is verdict and one.kader not in self.lapsed
        )

    @property
    def not_in_force(self) -> tuple[Finding, ...]:
        """What does not hold by kaders that are not in force."""
        return tuple(
            one
            for one in self.findings
            if one.kader in self.lapsed and one.verdict is not Verdict.VOLDOET
        )


@dataclass(frozen=True)
class Conclusion:
    """A test in one sentence, and the one thing to do next (empty where nothing is to be done).

    `verdict` is None where nothing was tested, and where all that was tested holds but is not of a
    kader. `notes` say which kaders have no rule at this level, or are not in force, and how many
    practices stand on an estimated place.
    """

    verdict: Verdict | None
    sentence: str
    next_step: str
    notes: tuple[str, ...] = ()


def worst_findings(toets: Toets) -> dict[tuple[str, str, str | None], Finding]:
    """Return the worst finding per kader, rule and group (None: the whole proposal)."""
    worst: dict[tuple[str, str, str | None], Finding] = {}
    for finding in toets.findings:  # worst first
        worst.setdefault((finding.kader, finding.rule, finding.group), finding)
    return worst


def rules_of(toets: Toets) -> dict[tuple[str, str], Regel]:
    """Return the rules that were applied, by kader and id."""
    kaders = (*toets.kaders, load_kader(GENERAL))
    return {(kader.naam, regel.id): regel for kader in kaders for regel in kader.regels}


def lapsed_kaders(toets: Toets) -> dict[str, str]:
    """Return the kaders that are not in force on the day of the test (see `kader.lapsed`)."""
    return lapsed(toets.kaders, toets.area.practice_list.day)


def deciding_kaders(toets: Toets) -> tuple[str, ...]:
    """Return the chosen kaders that decide (see `kader.deciding`)."""
    return deciding(toets.kaders, toets.plan.level, toets.area.practice_list.day)


def group_results(toets: Toets) -> list[GroupResult]:
    """Gather what was found per group and for the proposal as a whole, worst first.

    Kaders that are not in force decide nothing. Among equals the group with most findings of the
    worst kind stands first, then the order of the proposal. A group without any finding stands
    last; a proposal as a whole that no rule speaks about is left out.
    """
    found: dict[str | None, list[Finding]] = {group: [] for group in (*toets.plan.groups, None)}
    for (_, _, group), finding in worst_findings(toets).items():
        found[group].append(finding)
    without_force, map_only = frozenset(lapsed_kaders(toets)), not deciding_kaders(toets)

    def place(one: Finding) -> tuple[bool, bool, int]:
        return one.verdict is Verdict.VOLDOET, one.kader in without_force, one.verdict.rank

    results = [
        GroupResult(group, tuple(sorted(findings, key=place)), without_force, map_only)
        for group, findings in found.items()
        if findings or group is not None
    ]
    bad = [verdict for verdict in Verdict if verdict is not Verdict.VOLDOET]
    return sorted(
        results,
        key=lambda one: (
            len(Verdict) if one.verdict is None else one.verdict.rank,
            *(-len(one.of(verdict)) for verdict in bad),
        ),
    )


def kader_notes(toets: Toets) -> tuple[str, ...]:
    """Say which kaders have no rule at this level, or are not in force on the day of the test."""
    without_force = lapsed_kaders(toets)
    notes = ((kader, kader.note(*_asked(toets))) for kader in toets.kaders)
    return tuple(
        f"{note} Wat het zegt, telt niet mee in de conclusie."
        if kader.naam in without_force and kader.speaks_of(toets.plan.level)
        else note
        for kader, note in notes
        if note
    )


def _place_notes(toets: Toets) -> tuple[str, ...]:
    """Say how many huisarts practices were placed by postcode: they may stand in another unit."""
    rows = toets.area.practices
    rows = rows[rows["discipline"].isin(toets.area.practice_list.huisartsen)]
    rows = rows[rows["eenheid"].isin(toets.area.units.index)]
    number = int(rows["plaatsing"].eq(BY_POSTCODE).sum())
    if not number:
        return ()
    of = nl_count(len(rows), "huisartsenrij", "huisartsenrijen")
    return (f"Van {nl_number(number)} van de {of} is de plaats geschat uit de postcode.",)


def _asked(toets: Toets) -> tuple[PlanLevel, date | None, date]:
    """Return the level and the day of a test, and today for where no day was given."""
    today = datetime.now(tz=UTC).date()
    return toets.plan.level, toets.area.practice_list.day, today


def conclusion(toets: Toets) -> Conclusion:
    """Say what a test comes down to."""
    notes = (*kader_notes(toets), *_place_notes(toets))
    results = [(one, one.verdict) for one in group_results(toets) if one.verdict is not None]
    if not results:
        level = LEVEL_WORDS[toets.plan.level][1]
        return Conclusion(
            None,
            f"Er is niets getoetst: de gekozen kaders hebben geen regel voor {level}.",
            "Kies een ander kader of een ander niveau.",
            notes,
        )
    worst, verdict = results[0]
    told = [one for one, _ in results]
    if worst.only_map_holds:
        return Conclusion(None, _map_sentence(told), _other_kader(toets), notes)
    sentence = _map_sentence(told) if worst.map_only else _sentence(toets, told)
    return Conclusion(verdict, sentence, _next_step(toets, worst, verdict), notes)


def _map_sentence(results: Sequence[GroupResult]) -> str:
    """Say that no kader was tested, and count the general rules by their worst verdict."""
    worst: dict[str, Verdict] = {}
    for one in sorted(
        (f for r in results for f in r.findings if f.kader not in r.lapsed),
        key=lambda finding: finding.verdict.rank,
    ):
        worst.setdefault(one.rule, one.verdict)
    counts = Counter(worst.values())
    rules = nl_count(len(worst), "algemene regel", "algemene regels")
    told = nl_list(f"{nl_number(counts[v])} {MAP_WORDS[v]}" for v in Verdict if counts[v])
    return (
        f"Er is aan geen enkel geldend kader getoetst, alleen aan {rules} over de kaart zelf: "
        f"{told}."
    )


def _other_kader(toets: Toets) -> str:
    """Say how to get a test by a kader."""
    level = LEVEL_WORDS[toets.plan.level][1]
    return (
        f"Kies een kader met regels voor {level} dat van kracht is, of een peildatum waarop een "
        "gekozen kader dat was."
    )


def _sentence(toets: Toets, results: Sequence[GroupResult]) -> str:
    """Count the groups by their worst verdict."""
    said = {verdict: [one for one in results if one.verdict is verdict] for verdict in Verdict}
    where = {verdict: _where(toets, found) for verdict, found in said.items()}
    fails, unknown, signals = (
        where[verdict]
        for verdict in (Verdict.VOLDOET_NIET, Verdict.NIET_TE_BEPALEN, Verdict.SIGNAAL)
    )
    if fails:
        text = f"Dit voorstel voldoet niet: {fails}."
        return text + (f" Niet te bepalen: {unknown}." if unknown else "")
    if unknown:
        text = f"Of dit voorstel voldoet, is nog niet te bepalen: {unknown}."
        return text + (f" Daarnaast een signaal: {signals}." if signals else "")
    if signals:
        return f"Dit voorstel voldoet aan alle harde eisen, met een signaal: {signals}."
    number = len({(f.kader, f.rule) for one in results for f in one.of(Verdict.VOLDOET)})
    rules = (
        "de ene getoetste regel" if number == 1 else f"alle {nl_number(number)} getoetste regels"
    )
    return f"Dit voorstel voldoet aan {rules}."


def _where(toets: Toets, results: Sequence[GroupResult]) -> str:
    """Name or count the groups: `2 van de 4 regio's (Zuid en Noord) en het voorstel als geheel`."""
    groups = [one.name for one in results if one.group is not None]
    parts = []
    if groups:
        level = LEVEL_WORDS[toets.plan.level]
        total = len(toets.plan.groups)
        counted = (
            f"{'de enige' if total == 1 else 'alle ' + nl_number(total)} {level[total != 1]}"
            if len(groups) == total
            else f"{nl_number(len(groups))} van de {nl_number(total)} {level[1]}"
        )
        names = f" ({nl_list(groups)})" if len(groups) <= MOST_NAMES else ""
        parts.append(counted + names)
    if len(groups) < len(results):
        parts.append("het voorstel als geheel")
    return nl_list(parts)


def _next_step(toets: Toets, worst: GroupResult, verdict: Verdict) -> str:
    """Name the one thing to do next: what stands in the way of a verdict, else the worst finding.

    Of several equally bad ones it is the one with the shortest explanation, which has one cause. As
    long as the proposal is not read in full or not finished, that comes first; a rule that is
    broken is broken whatever comes.
    """
    finding = min(worst.of(verdict), key=lambda one: len(one.explanation))
    waiting = len(toets.plan.unfinished_units)
    if finding.verdict is Verdict.NIET_TE_BEPALEN and toets.plan.lost:
        number = sum(map(len, toets.plan.lost.values()))
        return (
            f"Herstel eerst in het voorstel {nl_count(number, 'gebied', 'gebieden')} "
            f"{'dat' if number == 1 else 'die'} niet herkend {'is' if number == 1 else 'zijn'}; "
            "het leesverslag noemt de regels."
        )
    if finding.verdict is Verdict.NIET_TE_BEPALEN and waiting:
        return (
            f"Deel eerst {nl_count(waiting, 'eenheid', 'eenheden')} in die nog geen groep "
            f"{'heeft' if waiting == 1 else 'hebben'}; pas dan is er een eindoordeel."
        )
    verb = FIRST.get(finding.verdict)
    if verb is None:
        return ""
    regel = rules_of(toets)[finding.kader, finding.rule]
    return f"{verb}: {regel.id} ({SHORT[regel.functie]}), {worst.name}. {finding.explanation}"


def short_rule(regel: Regel) -> str:
    """Write a rule for a small space: `Z2 aaneengesloten`."""
    return f"{regel.id} {SHORT[regel.functie]}"


def complies_text(number: int, *, map_only: bool = False) -> str:
    """Write how many rules hold: `11 regels voldoen`; of general rules alone it is no approval."""
    if map_only:
        return nl_count(number, "algemene regel nageleefd", "algemene regels nageleefd")
    return nl_count(number, "regel voldoet", "regels voldoen")
