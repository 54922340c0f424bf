"""All rule functions, in one explicit tuple: adding a rule is a function here and a TOML entry."""

from collections.abc import Callable

from oi_geo.criteria import rules_general, rules_organisation, rules_population, rules_shape
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.regel import Outcome, Regel

GroupRule = Callable[[Evidence, Regel, str], Outcome]
PlanRule = Callable[[Evidence, Regel], Outcome]

# Each looks at one group that has units.
GROUP_RULES: tuple[GroupRule, ...] = (
    rules_population.ion_deelnemers,
    rules_population.ion_vertegenwoordigd,
    rules_population.inwoners,
    rules_population.huisartsen_vertegenwoordigd,
    rules_population.huisartsen_en_inwoners_vertegenwoordigd,
    rules_shape.aaneengesloten,
    rules_shape.een_hub_per_gemeente,
    rules_shape.gedeelde_gemeenten,
    rules_organisation.een_regio_organisatie,
    rules_organisation.wsv_in_een_regio_organisatie,
    rules_organisation.gevestigd_in_werkgebied,
)

# Those that judge a sum over the group, which more units can only raise.
SUMS = frozenset(
    rule.__name__
    for rule in (
        rules_population.ion_deelnemers,
        rules_population.ion_vertegenwoordigd,
        rules_population.inwoners,
    )
)

# Each looks at the plan as a whole.
PLAN_RULES: tuple[PlanRule, ...] = (
    rules_general.gaten,
    rules_general.overlappen,
    rules_general.niet_toegewezen,
    rules_general.te_kleine_rest,
    rules_general.snippers,
)

RULES: tuple[GroupRule | PlanRule, ...] = (*GROUP_RULES, *PLAN_RULES)
