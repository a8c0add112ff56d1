with

placements as (

    select
        tenant_id,
        placement_id,
        person_id,
        start_date,
        referral_status,
        row_number() over (
            partition by tenant_id, person_id
            order by start_date asc nulls last, placement_id asc nulls last
        ) as start_number,
        lead(start_date) over (
            partition by tenant_id, person_id
            order by start_date asc nulls last, placement_id asc nulls last
        ) as next_start_date

    from {{ ref('fct_placements') }}

    where
        is_started
        and person_id is not null
        and start_date <= {{ as_of_date() }}

),

referrals as (

    select
        tenant_id,
        referral_id,
        referrer_person_id,
        is_successful,
        subject_kind,
        converted_date,
        cast(referred_at as date) as referred_date

    from {{ ref('fct_referrals') }}

    where
        referrer_person_id is not null
        and not is_self_referral
        and referred_at is not null

),

promoters as (

    select
        tenant_id,
        person_id,
        submitted_date,
        band = 'promoter' as is_promoter

    from {{ ref('fct_survey_responses') }}

    where person_id is not null and submitted_date <= {{ as_of_date() }}

),

made as (

    select
        placements.placement_id,
        referrals.referral_id,
        referrals.referred_date,
        {{ days_between('placements.start_date', 'referrals.referred_date') }}
            as referred_days,
        referrals.is_successful
        and {{ days_between('placements.start_date', 'referrals.converted_date') }}
        <= 365 as is_won_within,
        referrals.subject_kind = 'candidate' as is_candidate,
        placements.next_start_date is null
        or referrals.referred_date < placements.next_start_date as is_last_start

    from placements

    inner join referrals
        on
            placements.tenant_id = referrals.tenant_id
            and placements.person_id = referrals.referrer_person_id

    where
        referrals.referred_date >= placements.start_date
        and {{ days_between('placements.start_date', 'referrals.referred_date') }}
        <= 365

),

-- An answer of the placed person between start and referral.
asked as (

    select
        made.placement_id,
        made.referral_id,
        bool_or(promoters.is_promoter) as is_promoter

    from made

    inner join placements
        on made.placement_id = placements.placement_id

    inner join promoters
        on
            placements.tenant_id = promoters.tenant_id
            and placements.person_id = promoters.person_id

    where
        promoters.submitted_date >= placements.start_date
        and promoters.submitted_date <= made.referred_date

    group by made.placement_id, made.referral_id

),

counted as (

    select
        made.placement_id,
        count(*) as referrals,
        sum(case when made.is_won_within then 1 else 0 end) as successes,
        min(made.referred_days) as first_referral_days,
        bool_or(
            made.is_last_start and made.is_won_within and made.is_candidate
            and coalesce(asked.is_promoter, false)
        ) as is_loop,
        bool_or(
            made.is_last_start and made.is_won_within and made.is_candidate
            and asked.referral_id is null
        ) as is_maybe_loop

    from made

    left join asked
        on
            made.placement_id = asked.placement_id
            and made.referral_id = asked.referral_id

    group by made.placement_id

),

advocates as (

    select
        placements.placement_id,
        placements.tenant_id,
        placements.person_id,
        placements.referral_status,
        placements.start_date,
        {{ month_of('placements.start_date') }} as start_month,
        cast(coalesce(counted.referrals, 0) as int) as referrals,
        cast(coalesce(counted.successes, 0) as int) as successes,
        cast(counted.first_referral_days as int) as first_referral_days,
        placements.start_number = 1 as is_first_start,
        {{ days_between('placements.start_date', as_of_date()) }} >= 365
            as is_followed,
        coalesce(counted.is_loop, false) as is_loop,
        not coalesce(counted.is_loop, false)
        and coalesce(counted.is_maybe_loop, false) as is_loop_unknown

    from placements

    left join counted
        on placements.placement_id = counted.placement_id

)

select * from advocates
