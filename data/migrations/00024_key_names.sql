-- +goose Up

-- A key sees names only if it was made for them: of visitors too, whose records it
-- sees by its area.

CREATE POLICY key_names ON visitor_person AS RESTRICTIVE FOR SELECT TO sanse_desk USING (
	(SELECT NOT EXISTS (SELECT FROM trust.seat() s WHERE s.kind = 'key' AND NOT 'names' = ANY (s.scopes))));

-- +goose Down

DROP POLICY key_names ON visitor_person;
