{%- set witnesses = ['ats', 'crm', 'survey'] -%}

with

conversions as (

    select * from {{ ref('conversions') }}

),

paths as (

    select *

    from {{ ref('attribution_paths') }}

    where touch_status = 'counted'

),

statements as (

    select
        *,
        -- The candidate's own record is what an agency's reports by source go
        -- by; else the oldest record that says anything.
        row_number() over (
            partition by tenant_id, subject_kind, subject_id, witness
            order by
                case
                    when split_part(touchpoint_id, ':', 1) = 'person' then 0
                    else 1
                end asc nulls last,
                touched_at asc nulls last,
                touchpoint_id asc nulls last
        ) as preference

    from {{ ref('source_statements') }}

    where
        subject_id is not null
        and witness in ('ats', 'crm', 'survey')
        and channel <> 'unknown'
        and cast(touched_at as date) <= {{ as_of_date() }}

),

spoken as (

    select
        tenant_id,
        subject_kind,
        {% for witness in witnesses -%}
        max(case when witness = '{{ witness }}' then touchpoint_id end)
            as {{ witness }}_statement_id,
        max(case when witness = '{{ witness }}' then channel end)
            as {{ witness }}_channel,
        max(case when witness = '{{ witness }}' then touched_at end)
            as {{ witness }}_stated_at,
        {% endfor -%}
        subject_id

    from statements

    where preference = 1

    group by tenant_id, subject_kind, subject_id

),

credited as (

    select
        tenant_id,
        conversion_id,
        max(case when is_winner then touchpoint_id end)
            as settled_touchpoint_id,
        max(case when is_winner then channel end) as settled_channel,
        max(case when is_winner then evidence end) as settled_evidence,
        max(case when is_winner then referrer_person_id end)
            as settled_referrer_person_id,
        max(case when is_winner then touched_at end) as settled_touched_at,
        bool_or(has_referral) as has_referral

    from (
        select
            *,
            case
                when has_referral then referral_rank = 1
                else touch_number = touches
            end as is_winner
        from paths
    ) as winners

    group by tenant_id, conversion_id

),

witnessed as (

    select
        conversions.tenant_id,
        conversions.conversion_id,
        conversions.subject_kind,
        conversions.subject_id,
        conversions.placement_id,
        conversions.company_id,
        conversions.converted_date,
        conversions.net_fee_amount,
        credited.settled_touchpoint_id,
        credited.settled_channel,
        credited.settled_evidence,
        credited.settled_referrer_person_id,
        credited.settled_touched_at,
        {% for witness in ['ats', 'crm'] -%}
        {% for column in ['statement_id', 'channel', 'stated_at'] -%}
        case
            when
                cast(spoken.{{ witness }}_stated_at as date)
                <= conversions.converted_date
                then spoken.{{ witness }}_{{ column }}
        end as {{ witness }}_{{ column }},
        {% endfor -%}
        {% endfor -%}
        spoken.survey_statement_id,
        spoken.survey_channel,
        spoken.survey_stated_at,
        credited.has_referral

    from conversions

    left join credited
        on
            conversions.tenant_id = credited.tenant_id
            and conversions.conversion_id = credited.conversion_id

    left join spoken
        on
            conversions.tenant_id = spoken.tenant_id
            and conversions.subject_kind = spoken.subject_kind
            and conversions.subject_id = spoken.subject_id

)

select * from witnessed
