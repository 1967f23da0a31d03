-- +goose Up

-- The case of a lapse is opened again when the record of the visit that ended it is
-- corrected away.
GRANT UPDATE (stage, n, closed_at) ON incident TO sanse_engine;

-- A visit that waits for a ladder that lapses meanwhile finds its case: it is looked
-- for by a statement of its own, which begins after the wait and sees it.

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.ladder_met() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	place text[];
	ended bigint[];
BEGIN
	WITH met AS (
		UPDATE ladder l SET closed_at = now(), closed_how = 'visit', closed_by = NULL, next_at = NULL, entered = true
		FROM come v
		WHERE l.district = v.district AND l.resident = v.resident AND v.done AND v.day BETWEEN l.first_day AND l.due_by
			AND (l.closed_at IS NULL OR l.closed_how = 'lapsed')
		RETURNING l.district, l.id
	)
	SELECT array_agg(district), array_agg(id) INTO place, ended FROM met;
	IF ended IS NULL THEN
		RETURN NULL;
	END IF;
	WITH gone AS (
		UPDATE incident i SET stage = 'closed', closed_at = now(), n = i.n + 1
		FROM unnest(place, ended) AS e (district, id) WHERE i.district = e.district AND i.ladder = e.id AND i.stage = 'call'
		RETURNING i.district, i.id, i.n, i.level, i.body, i.deadline
	)
	INSERT INTO incident_step (district, incident, n, at, stage, level, body, deadline)
	SELECT district, id, n, now(), 'closed', level, body, deadline FROM gone;
	RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose Down

REVOKE UPDATE (stage, n, closed_at) ON incident FROM sanse_engine;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION trust.ladder_met() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	WITH ended AS (
		UPDATE ladder l SET closed_at = now(), closed_how = 'visit', closed_by = NULL, next_at = NULL, entered = true
		FROM come v
		WHERE l.district = v.district AND l.resident = v.resident AND v.done AND v.day BETWEEN l.first_day AND l.due_by
			AND (l.closed_at IS NULL OR l.closed_how = 'lapsed')
		RETURNING l.district, l.id
	), gone AS (
		UPDATE incident i SET stage = 'closed', closed_at = now(), n = i.n + 1
		FROM ended e WHERE i.district = e.district AND i.ladder = e.id AND i.stage = 'call'
		RETURNING i.district, i.id, i.n, i.level, i.body, i.deadline
	)
	INSERT INTO incident_step (district, incident, n, at, stage, level, body, deadline)
	SELECT district, id, n, now(), 'closed', level, body, deadline FROM gone;
	RETURN NULL;
END
$$;
-- +goose StatementEnd
