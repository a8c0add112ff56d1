with

internal_cost_lines as (

    select * from {{ ref('internal_cost_lines') }}

),

faulty as (

    select
        tenant_id,
        cost_month,
        cost_kind,
        given_recruiter_id as recruiter_id,
        given_channel as channel,
        fault,
        is_left_out,
        cast(count(*) as bigint) as cost_rows

    from internal_cost_lines

    where fault is not null

    group by
        tenant_id, cost_month, cost_kind, given_recruiter_id, given_channel,
        fault, is_left_out

)

select * from faulty
