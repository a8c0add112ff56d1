select
    period,
    period_start,
    audience,
    trigger,
    population,
    cut_by,
    cut
from {{ ref('metric_nps') }}
where
    metric = 'nps'
    and not is_suppressed
    and (
        value is null
        or value not between -100 and 100
        or abs(value - 100e0 * numerator / denominator) > 1e-9
        or numerator <> promoters - detractors
        or promoters + detractors > denominator
        or n > denominator
        or ci_low > ci_high
        or ci_low < -100
        or ci_high > 100
    )
