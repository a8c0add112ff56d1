-- No vendor of today reports deliveries: Typeform and file drops tell answers
-- only. A tool that does is one more select here.
with

invitations as (

    select
        cast(null as string) as invitation_id,
        cast(null as string) as tenant_id,
        cast(null as string) as source_relation,
        cast(null as string) as response_id,
        cast(null as string) as form_id,
        cast(null as string) as person_id,
        cast(null as string) as respondent_key,
        cast(null as string) as application_id,
        cast(null as string) as placement_id,
        cast(null as string) as job_id,
        cast(null as string) as respondent_kind,
        cast(null as string) as survey_kind,
        cast(null as string) as trigger,
        cast(null as timestamp) as delivered_at

    from (select 1 as nothing) as nowhere

    where 1 = 0

)

select * from invitations
