with

landed as (

    -- Bullhorn has no deleted flag for placements.
    {{ newest_landed('bullhorn', 'placements') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'candidate': {'id': 'string'},
            'jobOrder': {'id': 'string'},
            'jobSubmission': {'id': 'string'},
            'status': 'string',
            'employmentType': 'string',
            'dateBegin': 'string',
            'dateEnd': 'string',
            'employmentStartDate': 'string',
            'salary': 'string',
            'salaryUnit': 'string',
            'fee': 'string',
            'payRate': 'string',
            'clientBillRate': 'string',
            'daysGuaranteed': 'string',
            'daysProRated': 'string',
            'terminationReason': 'string',
            'referralFee': 'string',
            'referralFeeType': 'string',
            'owner': {'id': 'string'},
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as placement_id,
        {{ record_key('sent.candidate.id') }} as candidate_id,
        {{ record_key('sent.jobOrder.id') }} as job_id,
        {{ record_key('sent.jobSubmission.id') }} as application_id,
        {{ record_key('sent.owner.id') }} as recruiter_id,

        ---------- strings
        {{ placement_status('sent.status') }} as status,
        {{ employment_type('sent.employmentType') }} as employment_type,
        {{ salary_unit('sent.salaryUnit') }} as salary_unit,
        {{ text('sent.terminationReason') }} as termination_reason,
        {{ text('sent.referralFeeType') }} as referral_fee_type,

        ---------- numerics
        {{ whole('sent.daysGuaranteed') }} as guarantee_days,
        {{ whole('sent.daysProRated') }} as pro_rated_days,
        {{ money('sent.salary') }} as salary_amount,
        {{ fraction('sent.fee') }} as fee_fraction,
        {{ money('sent.payRate') }} as pay_rate,
        {{ money('sent.clientBillRate') }} as bill_rate,
        {{ money('sent.referralFee') }} as referral_fee_amount,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- dates
        {{ agency_date(utc_instant_from_ms(
            'coalesce(sent.employmentStartDate, sent.dateBegin)'
        )) }} as start_date,
        {{ agency_date(utc_instant_from_ms('sent.dateEnd')) }} as end_date,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,
        {{ utc_instant_from_ms('sent.dateEnd') }} as ended_at,

        ---------- quality
        {{ unknown_fields([
            ['status', 'sent.status', 'placement_status'],
            ['employmentType', 'sent.employmentType', 'employment_type']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['salary', 'sent.salary', 'number'],
            ['fee', 'sent.fee', 'number'],
            ['payRate', 'sent.payRate', 'number'],
            ['clientBillRate', 'sent.clientBillRate', 'number'],
            ['referralFee', 'sent.referralFee', 'number'],
            ['daysGuaranteed', 'sent.daysGuaranteed', 'whole'],
            ['daysProRated', 'sent.daysProRated', 'whole'],
            ['employmentStartDate', 'sent.employmentStartDate', 'ms'],
            ['dateBegin', 'sent.dateBegin', 'ms'],
            ['dateEnd', 'sent.dateEnd', 'ms'],
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['fee: more than 100 percent', fraction('sent.fee') ~ ' > 1']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
