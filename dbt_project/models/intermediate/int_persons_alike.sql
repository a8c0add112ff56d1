with

{{ person_components(ref('int_persons_linked'), 'alike') }}

select * from joined
