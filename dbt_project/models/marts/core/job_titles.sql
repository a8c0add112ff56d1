with

titles as (

    select
        tenant_id,
        title,
        count(*) as jobs

    from {{ ref('int_jobs') }}

    where title is not null

    group by tenant_id, title

),

spelled as (

    select
        titles.*,
        {{ as_words('title') }} as words

    from titles

),

keywords as (

    select * from {{ ref('job_family_map') }}

),

-- Titles repeat: a keyword is looked for once per title, not once per job.
matched as (

    select
        spelled.tenant_id,
        spelled.title,
        keywords.attribute,
        keywords.value,
        row_number() over (
            partition by spelled.tenant_id, spelled.title, keywords.attribute
            order by
                length(keywords.keyword) desc nulls last,
                keywords.keyword asc nulls last
        ) as preference

    from spelled

    inner join keywords
        on spelled.words like '% ' || keywords.keyword || ' %'

),

chosen as (

    select
        tenant_id,
        title,
        max(case when attribute = 'job_family' then value end) as job_family,
        max(case when attribute = 'seniority' then value end) as seniority

    from matched

    where preference = 1

    group by tenant_id, title

),

described as (

    select
        titles.tenant_id,
        titles.title,
        coalesce(chosen.job_family, 'unknown') as job_family,
        coalesce(chosen.seniority, 'unknown') as seniority,
        cast(titles.jobs as bigint) as jobs

    from titles

    left join chosen
        on
            titles.tenant_id = chosen.tenant_id
            and titles.title = chosen.title

)

select * from described
