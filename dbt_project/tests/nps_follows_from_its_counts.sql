select
    period,
    period_start,
    audience,
    trigger,
    population,
    cut
from {{ ref('metric_nps') }}
where
    not is_suppressed
    and (
        value is null
        or value not between -100 and 100
        or abs(value - 100e0 * numerator / denominator) > 1e-9
        or numerator <> promoters - detractors
        or denominator <> n
        or promoters + detractors > n
        or ci_low > ci_high
        or ci_low < -100
        or ci_high > 100
    )
