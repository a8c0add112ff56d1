{%- set look_back -%}
    case subject_kind
        when 'client' then {{ var('client_look_back_days') }}
        else {{ var('candidate_look_back_days') }}
    end
{%- endset -%}

with

paths as (

    select *

    from {{ ref('attribution_paths') }}

    where touch_status = 'counted'

),

-- Used up: counted for a conversion, or of a company that is a client already
-- and cannot become one again.
used as (

    select distinct
        tenant_id,
        touchpoint_id

    from {{ ref('conversion_touchpoints') }}

    where
        touch_status = 'counted'
        or (subject_kind = 'client' and touch_status = 'after_conversion')

),

-- A lead that never became a company is a subject of its own: to leave it out
-- would hide just the paths that came to nothing.
touchpoints as (

    select
        tenant_id,
        subject_kind,
        touchpoint_id,
        source_record_id,
        channel,
        evidence,
        evidence_strength,
        touched_at,
        coalesce(
            subject_id,
            source_relation || ':' || source_entity || ':' || source_record_id
        ) as subject_id

    from {{ ref('fct_touchpoints') }}

    where
        not is_self_referral
        and cast(touched_at as date) <= {{ as_of_date() }}
        and (subject_id is not null or subject_kind = 'client')

),

idle as (

    select
        touchpoints.*,
        row_number() over (
            partition by
                touchpoints.tenant_id,
                touchpoints.subject_kind,
                touchpoints.subject_id
            order by
                touchpoints.touched_at asc nulls last,
                touchpoints.evidence_strength desc nulls last,
                touchpoints.source_record_id asc nulls last,
                touchpoints.touchpoint_id asc nulls last
        ) as idle_number

    from touchpoints

    left join used
        on
            touchpoints.tenant_id = used.tenant_id
            and touchpoints.touchpoint_id = used.touchpoint_id

    where used.touchpoint_id is null

),

spaced as (

    select
        *,
        lag(touched_at) over (
            partition by tenant_id, subject_kind, subject_id
            order by idle_number asc nulls last
        ) as previous_touched_at

    from idle

),

-- What came before a silence longer than the look-back had run out when the
-- next touchpoint came.
split_by_silence as (

    select
        *,
        sum(
            case
                when
                    {{ days_between('previous_touched_at', 'touched_at') }}
                    > {{ look_back }}
                    then 1
                else 0
            end
        ) over (
            partition by tenant_id, subject_kind, subject_id
            order by idle_number asc nulls last
            rows between unbounded preceding and current row
        ) as silences

    from spaced

),

-- A survey answer tells of the past. Who converted is asked afterwards, which
-- does not count; so it must not count at the end of other paths either.
ended as (

    select
        *,
        max(case when evidence <> 'survey_answer' then idle_number end) over (
            partition by tenant_id, subject_kind, subject_id, silences
        ) as last_contact_number,
        max(case when evidence <> 'survey_answer' then touched_at end) over (
            partition by tenant_id, subject_kind, subject_id, silences
        ) as last_contact_at

    from split_by_silence

),

failed as (

    select
        tenant_id,
        subject_kind,
        subject_id || ':' || cast(silences as string) as journey_id,
        touchpoint_id,
        channel,
        row_number() over (
            partition by tenant_id, subject_kind, subject_id, silences
            order by idle_number asc nulls last
        ) as step,
        count(*) over (
            partition by tenant_id, subject_kind, subject_id, silences
        ) as steps,
        {{ add_days('cast(last_contact_at as date)', look_back ~ ' + 1') }}
            as outcome_date

    from ended

    where idle_number <= last_contact_number

),

journeys as (

    select
        tenant_id,
        subject_kind,
        conversion_id as journey_id,
        touchpoint_id,
        channel,
        'conversion' as outcome,
        cast(touch_number as bigint) as step,
        cast(touches as bigint) as steps,
        converted_date as outcome_date

    from paths

    union all

    select
        tenant_id,
        subject_kind,
        journey_id,
        touchpoint_id,
        channel,
        case
            when outcome_date <= {{ as_of_date() }} then 'null' else 'open'
        end as outcome,
        cast(step as bigint) as step,
        cast(steps as bigint) as steps,
        case when outcome_date <= {{ as_of_date() }} then outcome_date end
            as outcome_date

    from failed

)

select * from journeys
