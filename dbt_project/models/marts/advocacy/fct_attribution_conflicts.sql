{%- set look_back -%}
    case touches.subject_kind
        when 'client' then {{ var('client_look_back_days') }}
        else {{ var('candidate_look_back_days') }}
    end
{%- endset -%}

with

witnesses as (

    select * from {{ ref('conversion_witnesses') }}

),

touchpoints as (

    select *

    from {{ ref('fct_touchpoints') }}

    where is_referral and cast(touched_at as date) <= {{ as_of_date() }}

),

rivals as (

    select * from {{ ref('rival_claims') }}

),

bounties as (

    select
        tenant_id,
        placement_id,
        sum(reporting_amount) as bounty_amount

    from {{ ref('fct_costs') }}

    where cost_category = 'referral_bonuses' and placement_id is not null

    group by tenant_id, placement_id

),

-- The conversion a claim is about: the next one within its look-back, else the
-- last before it.
ranked_touches as (

    select
        touches.tenant_id,
        touches.touchpoint_id,
        touches.conversion_id,
        touches.age_days,
        touches.age_days between 0 and {{ look_back }} as is_in_reach,
        row_number() over (
            partition by touches.tenant_id, touches.touchpoint_id
            order by
                case
                    when touches.age_days between 0 and {{ look_back }} then 0
                    when touches.age_days < 0 then 1
                    else 2
                end asc nulls last,
                abs(touches.age_days) asc nulls last,
                touches.conversion_id asc nulls last
        ) as nearness

    from {{ ref('conversion_touchpoints') }} as touches

    where touches.is_referral

),

nearest as (

    select *

    from ranked_touches

    where nearness = 1 and (is_in_reach or age_days < 0)

),

leakage as (

    select
        tenant_id,
        'leakage' as conflict_kind,
        conversion_id,
        subject_kind,
        subject_id,
        'referral' as side,
        settled_touchpoint_id as touchpoint_id,
        settled_channel as channel,
        settled_evidence as evidence,
        settled_referrer_person_id as referrer_person_id,
        cast(null as string) as referrer_recruiter_id,
        settled_touched_at as touched_at,
        case when ats_channel is null then 'crm' else 'ats' end as other_side,
        coalesce(ats_statement_id, crm_statement_id) as other_touchpoint_id,
        coalesce(ats_channel, crm_channel) as other_channel,
        'source_category' as other_evidence,
        cast(null as string) as other_referrer_person_id,
        cast(null as string) as other_referrer_recruiter_id,
        case when ats_channel is null then crm_stated_at else ats_stated_at end
            as other_touched_at,
        cast(null as string) as settled_side

    from witnesses

    where has_referral and coalesce(ats_channel, crm_channel) <> 'referral'

),

disagreement as (

    {% for side, other in [
        ('ats', 'survey'), ('ats', 'crm'), ('crm', 'survey'),
    ] -%}
    select
        tenant_id,
        'disagreement' as conflict_kind,
        conversion_id,
        subject_kind,
        subject_id,
        '{{ side }}' as side,
        {{ side }}_statement_id as touchpoint_id,
        {{ side }}_channel as channel,
        'source_category' as evidence,
        cast(null as string) as referrer_person_id,
        cast(null as string) as referrer_recruiter_id,
        {{ side }}_stated_at as touched_at,
        '{{ other }}' as other_side,
        {{ other }}_statement_id as other_touchpoint_id,
        {{ other }}_channel as other_channel,
        case '{{ other }}'
            when 'survey' then 'survey_answer' else 'source_category'
        end as other_evidence,
        cast(null as string) as other_referrer_person_id,
        cast(null as string) as other_referrer_recruiter_id,
        {{ other }}_stated_at as other_touched_at,
        cast(null as string) as settled_side
    from witnesses
    where {{ side }}_channel <> {{ other }}_channel
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

competing as (

    select
        rivals.tenant_id,
        'competing_claims' as conflict_kind,
        case when nearest.is_in_reach then nearest.conversion_id end
            as conversion_id,
        rivals.subject_kind,
        rivals.subject_id,
        'referral' as side,
        rivals.touchpoint_id,
        rivals.channel,
        rivals.evidence,
        rivals.referrer_person_id,
        rivals.referrer_recruiter_id,
        rivals.touched_at,
        'referral' as other_side,
        rivals.settled_touchpoint_id as other_touchpoint_id,
        rivals.settled_channel as other_channel,
        rivals.settled_evidence as other_evidence,
        rivals.settled_referrer_person_id as other_referrer_person_id,
        rivals.settled_referrer_recruiter_id as other_referrer_recruiter_id,
        rivals.settled_touched_at as other_touched_at,
        'other' as settled_side

    from rivals

    left join nearest
        on
            rivals.tenant_id = nearest.tenant_id
            and rivals.touchpoint_id = nearest.touchpoint_id

),

-- A survey answer after the conversion tells of the past: it is no late claim.
worthless as (

    select
        touchpoints.tenant_id,
        case
            when touchpoints.is_self_referral then 'self_referral'
            else 'after_conversion'
        end as conflict_kind,
        nearest.conversion_id,
        touchpoints.subject_kind,
        touchpoints.subject_id,
        'referral' as side,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.evidence,
        touchpoints.referrer_person_id,
        touchpoints.referrer_recruiter_id,
        touchpoints.touched_at,
        case when nearest.conversion_id is not null then 'credited' end
            as other_side,
        witnesses.settled_touchpoint_id as other_touchpoint_id,
        witnesses.settled_channel as other_channel,
        witnesses.settled_evidence as other_evidence,
        witnesses.settled_referrer_person_id as other_referrer_person_id,
        cast(null as string) as other_referrer_recruiter_id,
        witnesses.settled_touched_at as other_touched_at,
        cast(null as string) as settled_side

    from touchpoints

    left join nearest
        on
            touchpoints.tenant_id = nearest.tenant_id
            and touchpoints.touchpoint_id = nearest.touchpoint_id

    left join witnesses
        on
            nearest.tenant_id = witnesses.tenant_id
            and nearest.conversion_id = witnesses.conversion_id

    where
        touchpoints.is_self_referral
        or (
            nearest.age_days < 0
            and touchpoints.evidence <> 'survey_answer'
        )

),

unioned as (

    select * from leakage
    union all
    select * from disagreement
    union all
    select * from competing
    union all
    select * from worthless

),

conflicts as (

    select

        ---------- ids
        unioned.conflict_kind || ':' || unioned.subject_kind || ':'
        || coalesce(unioned.conversion_id, '(none)') || ':'
        || unioned.touchpoint_id || ':'
        || coalesce(unioned.other_touchpoint_id, '(none)') as conflict_id,
        unioned.tenant_id,
        unioned.conversion_id,
        witnesses.placement_id,
        witnesses.company_id,
        unioned.subject_id,
        unioned.touchpoint_id,
        unioned.other_touchpoint_id,
        case
            when unioned.settled_side = 'other' then unioned.other_touchpoint_id
            else witnesses.settled_touchpoint_id
        end as settled_touchpoint_id,
        unioned.referrer_person_id,
        unioned.referrer_recruiter_id,
        unioned.other_referrer_person_id,
        unioned.other_referrer_recruiter_id,

        ---------- strings
        unioned.conflict_kind,
        unioned.subject_kind,
        unioned.side,
        unioned.other_side,
        unioned.channel,
        unioned.other_channel,
        case
            when unioned.settled_side = 'other' then unioned.other_channel
            else witnesses.settled_channel
        end as settled_channel,
        unioned.evidence,
        unioned.other_evidence,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        cast(coalesce(witnesses.net_fee_amount, 0) as decimal(18, 4))
            as net_fee_amount,
        cast(case
            when unioned.subject_kind = 'candidate'
                then coalesce(bounties.bounty_amount, 0)
        end as decimal(18, 4)) as bounty_amount,

        ---------- dates
        coalesce(witnesses.converted_date, cast(unioned.touched_at as date))
            as conflict_date,
        witnesses.converted_date,

        ---------- timestamps
        unioned.touched_at,
        unioned.other_touched_at

    from unioned

    left join witnesses
        on
            unioned.tenant_id = witnesses.tenant_id
            and unioned.conversion_id = witnesses.conversion_id

    left join bounties
        on
            witnesses.tenant_id = bounties.tenant_id
            and witnesses.placement_id = bounties.placement_id

)

select * from conflicts
