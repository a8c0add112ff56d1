with

days as (

    -- From a Monday before every record to the end of the year at hand.
    select date_day

    from {{ day_spine(
        "cast('1990-01-01' as date)",
        add_days(
            months_later("cast(date_trunc('year', " ~ as_of_date() ~ ') as date)', 12),
            -1
        )
    ) }}

),

described as (

    select
        cast(date_day as date) as date_day,
        cast(date_trunc('quarter', date_day) as date) as quarter_start,
        {{ month_of('date_day') }} as month_start,
        cast(date_trunc('year', date_day) as date) as year_start,
        cast(
            {{ days_between("cast('1990-01-01' as date)", 'date_day') }} % 7 + 1
            as int
        ) as weekday

    from days

),

labelled as (

    select
        date_day,

        ---------- numerics
        weekday,
        cast(extract(month from date_day) as int) as month_number,
        cast(extract(year from date_day) as int) as year_number,

        ---------- booleans
        weekday >= 6 as is_weekend,
        date_day > {{ as_of_date() }} as is_future,

        ---------- dates
        {{ add_days('date_day', '1 - weekday') }} as week_start,
        month_start,
        quarter_start,
        year_start

    from described

)

select * from labelled
