-- +goose Up

-- Whoever opens a case, takes one further or closes a ladder at the desk does so in
-- their own name: what is written of them in the case is what the trace says.

CREATE POLICY own_name ON incident AS RESTRICTIVE FOR INSERT TO sanse_desk
	WITH CHECK (opened_by = (SELECT s.account FROM trust.seat() s));
CREATE POLICY own_name ON incident_step AS RESTRICTIVE FOR INSERT TO sanse_desk
	WITH CHECK (by = (SELECT s.account FROM trust.seat() s));
CREATE POLICY own_name ON ladder AS RESTRICTIVE FOR UPDATE TO sanse_desk
	USING (true) WITH CHECK (closed_by = (SELECT s.account FROM trust.seat() s));

-- +goose Down

DROP POLICY own_name ON incident;
DROP POLICY own_name ON incident_step;
DROP POLICY own_name ON ladder;
