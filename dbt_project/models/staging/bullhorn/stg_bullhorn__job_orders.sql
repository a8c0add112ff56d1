with

landed as (

    {{ newest_landed('bullhorn', 'job_orders') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'title': 'string',
            'clientCorporation': {'id': 'string'},
            'clientContact': {'id': 'string'},
            'employmentType': 'string',
            'status': 'string',
            'isOpen': 'string',
            'numOpenings': 'string',
            'feeArrangement': 'string',
            'salary': 'string',
            'salaryUnit': 'string',
            'source': 'string',
            'owner': {'id': 'string'},
            'dateAdded': 'string',
            'dateClosed': 'string',
            'isDeleted': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as job_id,
        {{ record_key('sent.owner.id') }} as recruiter_id,
        {{ record_key('sent.clientCorporation.id') }} as company_id,
        {{ record_key('sent.clientContact.id') }} as contact_id,

        ---------- strings
        {{ text('sent.title') }} as title,
        {{ employment_type('sent.employmentType') }} as employment_type,
        {{ label('sent.status') }} as status,
        {{ label('sent.source') }} as source,
        {{ salary_unit('sent.salaryUnit') }} as salary_unit,

        ---------- numerics
        {{ whole('sent.numOpenings') }} as openings,
        {{ money('sent.salary') }} as salary_amount,
        {{ fraction('sent.feeArrangement') }} as fee_fraction,

        ---------- booleans
        {{ flag('sent.isOpen') }} as is_open,
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as opened_at,
        {{ utc_instant_from_ms('sent.dateClosed') }} as closed_at,

        ---------- quality
        {{ unknown_fields([
            ['employmentType', 'sent.employmentType', 'employment_type']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['numOpenings', 'sent.numOpenings', 'whole'],
            ['salary', 'sent.salary', 'number'],
            ['feeArrangement', 'sent.feeArrangement', 'number'],
            ['dateClosed', 'sent.dateClosed', 'ms'],
            ['isOpen', 'sent.isOpen', 'flag'],
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
