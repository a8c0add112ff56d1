with

{{ person_components(ref('int_persons_declared'), 'linked') }}

select * from joined
