with

landed as (

    {{ newest_landed('bullhorn', 'opportunities') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'clientCorporation': {'id': 'string'},
            'clientContact': {'id': 'string'},
            'lead': {'id': 'string'},
            'source': 'string',
            'campaignSource': 'string',
            'status': 'string',
            'expectedFee': 'string',
            'dealValue': 'string',
            'actualCloseDate': 'string',
            'isDeleted': 'string',
            'owner': {'id': 'string'},
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as opportunity_id,
        {{ record_key('sent.owner.id') }} as recruiter_id,
        {{ record_key('sent.clientCorporation.id') }} as company_id,
        {{ record_key('sent.clientContact.id') }} as contact_id,
        {{ record_key('sent.lead.id') }} as lead_id,

        ---------- strings
        {{ label('sent.status') }} as status,
        {{ label('sent.source') }} as source,
        {{ label('sent.campaignSource') }} as campaign_source,

        ---------- numerics
        {{ money('sent.expectedFee') }} as expected_fee_amount,
        {{ money('sent.dealValue') }} as deal_value_amount,

        ---------- booleans
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,
        {{ utc_instant_from_ms('sent.actualCloseDate') }} as closed_at,

        ---------- quality
        {{ reject_reason([
            ['expectedFee', 'sent.expectedFee', 'number'],
            ['dealValue', 'sent.dealValue', 'number'],
            ['actualCloseDate', 'sent.actualCloseDate', 'ms'],
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
