select
    response_id,
    score,
    band
from {{ ref('fct_survey_responses') }}
where
    score not between 0 and 10
    or band <> case
        when score between 9 and 10 then 'promoter'
        when score between 7 and 8 then 'passive'
        else 'detractor'
    end
