{# The claims that fct_claims tests. The estimate is always side a less side b;
   `largest` is the most it can be, `kind` what the jackknife's claims compare:
   share (of units), rate (events by time), mean or ratio. #}
{% macro claims() -%}
    {%- set jackknife = 'difference of ratios of sums, jackknife over ' -%}
    {%- set lasting = {
        'claim': 'bad_experience_costs_referrals',
        'direction': 'lower',
        'unit': 'referrals per person and year',
        'kind': 'rate',
        'method': jackknife ~ 'people',
        'caveat': 'Readiness to refer also changes with time.',
    } -%}
    {%- set staying = {
        'direction': 'higher',
        'unit': 'share of clients',
        'largest': 1,
        'kind': 'share',
        'method': jackknife ~ 'clients',
    } -%}
    {%- set promoting = {
        'claim': 'promoting_clients_stay_and_grow',
        'side_a': 'promoters',
        'side_b': 'detractors',
        'caveat': 'Clients who answer may differ from those who do not.',
    } -%}
    {{ return([
        {
            'claim': 'referrals_lower_cost_per_hire',
            'measure': 'cost_per_hire',
            'text': 'Referrals lower cost-per-hire',
            'direction': 'lower',
            'unit': 'reporting currency per hire',
            'side_a': 'referral channels',
            'side_b': 'other channels',
            'method': 'difference of fully loaded cost per hire, bootstrap by placement',
            'caveat': 'Spend on one channel may also bring hires by another.',
        },
        {
            'claim': 'referred_candidates_stay_longer',
            'measure': 'days_of_first_year',
            'text': 'Referred candidates stay longer',
            'direction': 'higher',
            'unit': 'days of the first 365',
            'side_a': 'referred',
            'side_b': 'not referred',
            'method': 'difference of restricted mean survival, Greenwood',
            'caveat': 'Referred people may be offered other jobs.',
        },
        {
            'claim': 'referred_candidates_succeed_more',
            'measure': 'placement_rate',
            'text': 'Referred candidates succeed more often',
            'direction': 'higher',
            'unit': 'share of applications',
            'largest': 1,
            'kind': 'share',
            'side_a': 'referred',
            'side_b': 'not referred',
            'method': jackknife ~ 'candidates',
            'caveat': 'Referred people may apply for other jobs.',
        },
        dict(staying, **dict(promoting,
            measure='retention_12m',
            text='Promoting clients stay',
        )),
        dict(promoting,
            measure='net_revenue_retention_12m',
            text='Promoting clients grow',
            direction='higher',
            unit='share of revenue',
            kind='ratio',
            method=jackknife ~ 'clients',
        ),
        {
            'claim': 'feedback_makes_advocates',
            'measure': 'nps',
            'text': 'Feedback after rejection makes advocates',
            'direction': 'higher',
            'unit': 'NPS points',
            'largest': 200,
            'kind': 'mean',
            'side_a': 'feedback given',
            'side_b': 'no feedback',
            'method': jackknife ~ 'respondents',
            'caveat': 'Feedback may be given to those thought well of.',
        },
        dict(lasting,
            measure='rate_after_less_before',
            text='One bad experience costs referrals',
            side_a='after',
            side_b='before',
        ),
        dict(lasting,
            measure='rate_unrecovered_less_before',
            text='One bad experience costs referrals until it is made good',
            side_a='after, not recovered',
            side_b='before',
        ),
        dict(lasting,
            measure='rate_recovered_less_before',
            text='One bad experience costs referrals even when made good',
            side_a='after recovery',
            side_b='before',
        ),
        dict(lasting,
            measure='referrals_next_365_days',
            text='Detractors refer less than others',
            unit='referrals per person in 365 days',
            side_a='detractors',
            side_b='others',
            caveat='Detractors may know fewer people in the trade.',
        ),
        dict(staying,
            claim='understood_clients_stay',
            measure='retention_12m',
            text='Clients who feel understood stay',
            side_a='understood',
            side_b='not understood',
            caveat='Who feels understood mostly promotes as well.',
        ),
        {
            'claim': 'follow_up_wins_back',
            'measure': 'next_score',
            'text': 'Follow-up wins detractors back',
            'direction': 'higher',
            'unit': 'points of 0-10',
            'largest': 10,
            'kind': 'mean',
            'side_a': 'followed up',
            'side_b': 'not followed up',
            'method': jackknife ~ 'people',
            'caveat': 'Low scores rise by themselves (regression to the mean): '
            ~ 'only the difference between the sides may be follow-up.',
        },
    ]) }}
{%- endmacro %}

{# Days in which an applicant must have been hired to count as hired. #}
{% macro days_to_be_hired() %}90{% endmacro %}

{# Days in which a follow-up must have come; a next answer counts after them. #}
{% macro days_to_follow_up() %}7{% endmacro %}

{# 95 % bounds of a rate of events by time: Byar's approximation to the exact
   Poisson ones. #}
{% macro byar_bound(events, time, side) -%}
    {%- set d = events if side == '-' else '(' ~ events ~ ' + 1e0)' -%}
    {%- set root = '(1e0 - 1e0 / (9e0 * nullif(' ~ d ~ ', 0e0)) ' ~ side ~ ' '
        ~ z95() ~ ' / (3e0 * sqrt(nullif(' ~ d ~ ', 0e0))))' -%}
    coalesce(
        {{ d }} * {{ root }} * {{ root }} * {{ root }}, 0e0
    ) / nullif({{ time }}, 0e0)
{%- endmacro %}
