with

faulty as (

    select
        tenant_id,
        cost_month,
        cost_kind,
        given_recruiter_id as recruiter_id,
        given_channel as channel,
        currency,
        amount,
        fault,
        is_left_out

    from {{ ref('internal_cost_lines') }}

    where fault is not null

)

select * from faulty
