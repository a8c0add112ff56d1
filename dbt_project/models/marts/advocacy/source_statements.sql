with

channel_map as (

    select * from {{ ref('channel_map') }}

),

companies as (

    select
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

sourced as (

    {{ sourced_touchpoints() }}

),

mapped as (

    select
        sourced.tenant_id,
        sourced.source_relation,
        sourced.source_entity,
        sourced.source_record_id,
        sourced.touchpoint_id,
        sourced.subject_kind,
        case
            when sourced.subject_kind = 'candidate' then sourced.person_id
            else companies.top_company_id
        end as subject_id,
        sourced.recruiter_id,
        sourced.evidence,
        sourced.evidence_strength,
        sourced.raw_channel,
        case split_part(sourced.touchpoint_id, ':', 1)
            when 'survey' then 'survey'
            when 'lead' then 'crm'
            when 'opportunity' then 'crm'
            when 'lead_campaign' then 'campaign'
            when 'opportunity_campaign' then 'campaign'
            else 'ats'
        end as witness,
        coalesce(channel_map.channel, 'unknown') as channel,
        coalesce(channel_map.is_own_outreach, false) as is_own_outreach,
        channel_map.channel is null as is_unmapped,
        sourced.touched_at

    from sourced

    left join channel_map
        on
            sourced.raw_channel = channel_map.source_value
            and split_part(sourced.source_entity, '.', 1)
            = channel_map.source_system

    left join companies
        on sourced.company_id = companies.company_id

)

select * from mapped
