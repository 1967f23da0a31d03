-- +goose Up

-- What a resident asks is decided by the database's rules too, not by the
-- program's alone: whoever writes a request down can neither decide it nor have
-- it decided already, it is decided once, by an official, and not by who wrote it
-- down; and its texts are for those who decide.

ALTER TABLE data_request ADD COLUMN corrects text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN data_request.corrects IS 'Of a correction: the columns, without the texts.';

REVOKE ALL ON data_request, consent FROM sanse_desk;
GRANT SELECT (district, id, resident, kind, lift, corrects, reason, asked_at, asked_by, decision, decision_reason, decided_at, decided_by, done_at, outcome),
	INSERT (district, id, resident, kind, lift, corrects, reason, fields, asked_by),
	UPDATE (decision, decision_reason, decided_at, decided_by) ON data_request TO sanse_desk;
GRANT SELECT, INSERT (district, resident, n, purpose, given, how, by) ON consent TO sanse_desk;

DROP POLICY desk ON data_request;
CREATE POLICY asks ON data_request FOR INSERT TO sanse_desk WITH CHECK (
	asked_by = (SELECT s.account FROM trust.seat() s)
	AND EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official'))
	AND EXISTS (SELECT FROM resident r WHERE r.district = data_request.district AND r.id = data_request.resident));
CREATE POLICY decides ON data_request FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'official')
	AND EXISTS (SELECT FROM resident r WHERE r.district = data_request.district AND r.id = data_request.resident));
CREATE POLICY decided ON data_request FOR UPDATE TO sanse_desk USING (
	decision IS NULL AND asked_by <> (SELECT s.account FROM trust.seat() s)
	AND EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'official')
	AND EXISTS (SELECT FROM resident r WHERE r.district = data_request.district AND r.id = data_request.resident))
	WITH CHECK (decided_by = (SELECT s.account FROM trust.seat() s));

DROP POLICY desk ON consent;
CREATE POLICY reads ON consent FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official'))
	AND EXISTS (SELECT FROM resident r WHERE r.district = consent.district AND r.id = consent.resident));
CREATE POLICY writes ON consent FOR INSERT TO sanse_desk WITH CHECK (
	by = (SELECT s.account FROM trust.seat() s)
	AND EXISTS (SELECT FROM trust.grants() g WHERE g.role IN ('leader', 'planner', 'official'))
	AND EXISTS (SELECT FROM resident r WHERE r.district = consent.district AND r.id = consent.resident));

-- Whoever accepted a request for a copy takes it, whether or not they are told
-- names otherwise, and of a restricted resident too.

-- +goose StatementBegin
CREATE FUNCTION trust.copied(request text) RETURNS SETOF resident_person LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
	SELECT p.* FROM data_request q
	JOIN resident r ON r.district = q.district AND r.id = q.resident
	JOIN resident_person p ON p.district = q.district AND p.resident = q.resident
	WHERE q.district = trust.district() AND q.id = request AND q.kind = 'access' AND q.decision = 'accept'
		AND EXISTS (SELECT FROM trust.grants() g WHERE g.role = 'official')
		AND EXISTS (SELECT FROM trust.areas('records') a WHERE starts_with(COALESCE(r.micro_grid, r.grid), a))
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION trust.copied(text) IS 'Who the resident of a request for access is, once it was accepted, for an official of the area.';
REVOKE EXECUTE ON FUNCTION trust.copied(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.copied(text) TO sanse_desk;

-- What is written about somebody who was erased is written without them.
CREATE POLICY engine ON erased FOR SELECT TO sanse_engine USING (true);
GRANT SELECT ON erased TO sanse_engine;

-- Those whose reasons an erasure looks for.
CREATE INDEX audit_reason_ids ON audit USING gin (ids) WHERE reason <> '';

COMMENT ON TABLE erased IS 'Opaque ids of residents who were erased: whatever brings them back, an import or a copy, is erased again. Refers to nothing; it goes with its district.';

-- +goose Down

DROP INDEX audit_reason_ids;
DROP POLICY engine ON erased;
REVOKE ALL ON erased FROM sanse_engine;
DROP FUNCTION trust.copied(text);
DROP POLICY asks ON data_request;
DROP POLICY decides ON data_request;
DROP POLICY decided ON data_request;
DROP POLICY reads ON consent;
DROP POLICY writes ON consent;
CREATE POLICY desk ON data_request TO sanse_desk USING (EXISTS (SELECT FROM resident r WHERE r.district = data_request.district AND r.id = data_request.resident));
CREATE POLICY desk ON consent TO sanse_desk USING (EXISTS (SELECT FROM resident r WHERE r.district = consent.district AND r.id = consent.resident));
REVOKE ALL ON data_request, consent FROM sanse_desk;
GRANT SELECT, INSERT, UPDATE (decision, decision_reason, decided_at, decided_by) ON data_request TO sanse_desk;
GRANT SELECT, INSERT ON consent TO sanse_desk;
ALTER TABLE data_request DROP COLUMN corrects;
