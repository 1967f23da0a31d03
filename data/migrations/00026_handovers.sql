-- +goose Up

-- A handover has bounds, whoever writes it: the glass is broken by whoever it opens
-- a resident to, for an hour at the most; nobody is handed to anybody for more than
-- a year; and what was given can be made shorter, never longer.

UPDATE handover SET to_at = LEAST(to_at, from_at + CASE kind WHEN 'break_glass' THEN interval '1 hour' ELSE interval '366 days' END);
UPDATE handover SET given_by = account WHERE kind = 'break_glass' AND account IS NOT NULL;
UPDATE handover SET kind = 'help', to_at = GREATEST(from_at, LEAST(to_at, now())) WHERE kind = 'break_glass' AND account IS NULL; -- none was ever written

ALTER TABLE handover
	ADD CONSTRAINT handover_length_check CHECK (to_at <= from_at + interval '366 days'),
	ADD CONSTRAINT handover_glass_check CHECK (kind <> 'break_glass' OR (account IS NOT NULL AND given_by = account AND to_at <= from_at + interval '1 hour'));

-- +goose StatementBegin
CREATE FUNCTION trust.handover_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF NEW.to_at > OLD.to_at THEN
		RAISE EXCEPTION 'a handover is made shorter, never longer' USING ERRCODE = 'check_violation', TABLE = 'handover', CONSTRAINT = 'handover_longer_check';
	END IF;
	RETURN NEW;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust.handover_ends() FROM PUBLIC;
CREATE TRIGGER handover_ends BEFORE UPDATE OF to_at ON handover FOR EACH ROW EXECUTE FUNCTION trust.handover_ends();

-- Sessions go when the time of their kind is over, which the owner sees to.
REVOKE DELETE ON session FROM sanse_gate;

-- +goose Down

GRANT DELETE ON session TO sanse_gate;
DROP TRIGGER handover_ends ON handover;
DROP FUNCTION trust.handover_ends();
ALTER TABLE handover DROP CONSTRAINT handover_glass_check, DROP CONSTRAINT handover_length_check;
