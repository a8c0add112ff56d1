{# What two records must have in common to be one person, in a form in which it
   can be compared. Each is null for what identifies nobody. #}

{# Lower case, without accents, blanks and punctuation, so that O'Neil, ONeil
   and Oneil are one name; letters of other scripts stay. #}
{% macro plain_name(column) -%}
    nullif(
        translate(
            replace(lower({{ column }}), 'ß', 'ss'),
            'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿžščćłńśźżęą .,-_' || chr(39)
            || chr(96) || chr(180) || chr(8217) || chr(160),
            'aaaaaaceeeeiiiinoooooouuuuyyzsccnszzea'
        ), ''
    )
{%- endmacro %}

{# An address without its +tag; null unless it can be one at all. #}
{% macro email_key(column) -%}
    {%- set pattern = "'^(mailto:)?([^@+ ]+)([+][^@ ]*)?@([^@ ]+[.][^@ .]+)$'" -%}
    {%- set sent = 'lower(trim(' ~ column ~ '))' -%}
    case
        when regexp_extract({{ sent }}, {{ pattern }}, 2) <> ''
            then
                regexp_extract({{ sent }}, {{ pattern }}, 2) || '@'
                || regexp_extract({{ sent }}, {{ pattern }}, 4)
    end
{%- endmacro %}

{# The digits of a text. #}
{% macro digits_of(expression) -%}
    {{ adapter.dispatch('digits_of')(expression) }}
{%- endmacro %}

{% macro duckdb__digits_of(expression) -%}
    regexp_replace({{ expression }}, '[^0-9]', '', 'g')
{%- endmacro %}

{% macro spark__digits_of(expression) -%}
    regexp_replace({{ expression }}, '[^0-9]', '')
{%- endmacro %}

{# Country and number in digits, as E.164 without its plus. A number written
   without a country is taken to be of the agency's; one with letters (an
   extension) or with one digit throughout is nobody's. #}
{% macro phone_key(column) -%}
    {%- set country = var('phone_country_code') -%}
    {%- set digits = digits_of("replace(" ~ column ~ ", '(0)', '')") -%}
    {%- set whole -%}
    case
        when position('+' in {{ column }}) > 0 then {{ digits }}
        when {{ digits }} like '00%' then substring({{ digits }}, 3)
        when {{ digits }} like '0%'
            then '{{ country }}' || substring({{ digits }}, 2)
        when length({{ digits }}) <= 10 then '{{ country }}' || {{ digits }}
        else {{ digits }}
    end
    {%- endset -%}
    case
        when
            regexp_extract({{ column }}, '[A-Za-z]', 0) = ''
            and length({{ whole }}) between 9 and 15
            and length(
                replace({{ digits }}, substring({{ digits }}, 2, 1), '')
            ) > 2
            then {{ whole }}
    end
{%- endmacro %}

{# Hosts at which anybody may have an address or a page. #}
{% macro is_public_host(column) -%}
    {%- set hosts = [
        'aol.com', 'btinternet.com', 'facebook.com', 'fastmail.com',
        'free.fr', 'gmail.com', 'gmx.at', 'gmx.ch', 'gmx.com', 'gmx.de',
        'gmx.net', 'googlemail.com', 'hotmail.co.uk', 'hotmail.com',
        'hotmail.de', 'hotmail.fr', 'icloud.com', 'instagram.com',
        'laposte.net', 'libero.it', 'linkedin.com', 'live.co.uk',
        'live.com', 'mac.com', 'mail.com', 'mail.ru', 'me.com', 'msn.com',
        'ntlworld.com', 'orange.fr', 'outlook.com', 'outlook.de',
        'proton.me', 'protonmail.com', 'qq.com', 'sky.com', 't-online.de',
        'talktalk.net', 'twitter.com', 'virginmedia.com', 'wanadoo.fr',
        'web.de', 'x.com', 'yahoo.co.uk', 'yahoo.com', 'yahoo.de',
        'yahoo.fr', 'yandex.ru', 'ymail.com', 'zoho.com'
    ] -%}
    {{ column }} in (
        {%- for host in hosts %}
        '{{ host }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
