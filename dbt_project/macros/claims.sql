{# The claims that fct_claims tests, and the columns their units share. #}

{# claim, measure, what is claimed, the direction claimed, unit of the estimate,
   side a, side b. The estimate is always side a less side b. #}
{% macro claims() -%}
    {{ return([
        (
            'referrals_lower_cost_per_hire', 'cost_per_hire',
            'Referrals lower cost-per-hire', 'lower',
            'reporting currency per hire', 'referred', 'not referred'
        ),
        (
            'referred_candidates_stay_longer', 'days_of_first_year',
            'Referred candidates stay longer', 'higher',
            'days of the first 365', 'referred', 'not referred'
        ),
        (
            'referred_candidates_succeed_more', 'placement_rate',
            'Referred candidates succeed more often', 'higher',
            'share of applications', 'referred', 'not referred'
        ),
        (
            'promoting_clients_stay_and_grow', 'retention_12m',
            'Promoting clients stay', 'higher',
            'share of clients', 'promoters', 'detractors'
        ),
        (
            'promoting_clients_stay_and_grow', 'net_revenue_retention_12m',
            'Promoting clients grow', 'higher',
            'share of revenue', 'promoters', 'detractors'
        ),
        (
            'feedback_makes_advocates', 'nps',
            'Feedback after rejection makes advocates', 'higher',
            'NPS points', 'feedback given', 'no feedback'
        ),
        (
            'bad_experience_costs_referrals', 'rate_after_less_before',
            'One bad experience costs referrals', 'lower',
            'referrals per person and year', 'after', 'before'
        ),
        (
            'bad_experience_costs_referrals', 'rate_unrecovered_less_before',
            'One bad experience costs referrals until it is made good', 'lower',
            'referrals per person and year', 'after, not recovered', 'before'
        ),
        (
            'bad_experience_costs_referrals', 'rate_recovered_less_before',
            'One bad experience costs referrals even when made good', 'lower',
            'referrals per person and year', 'after recovery', 'before'
        ),
        (
            'bad_experience_costs_referrals', 'referrals_next_365_days',
            'Detractors refer less than others', 'lower',
            'referrals per person in 365 days', 'detractors', 'others'
        ),
        (
            'understood_clients_stay', 'retention_12m',
            'Clients who feel understood stay', 'higher',
            'share of clients', 'understood', 'not understood'
        ),
        (
            'follow_up_wins_back', 'next_score',
            'Follow-up wins detractors back', 'higher',
            'points of 0-10', 'followed up', 'not followed up'
        ),
    ]) }}
{%- endmacro %}

{# Columns of every model of units, in order. #}
{% macro unit_columns() -%}
    {{ return([
        'tenant_id', 'claim', 'measure', 'period', 'period_start', 'stratum',
        'cluster_id', 'person_id', 'is_side_a', 'outcome', 'exposure', 'events',
    ]) }}
{%- endmacro %}

{# Days in which an applicant must have been hired to count as hired. #}
{% macro days_to_be_hired() %}90{% endmacro %}

{# Days in which a follow-up must have come; a next answer counts after them. #}
{% macro days_to_follow_up() %}7{% endmacro %}
