-- +goose Up

-- Residents and families rate a visit by a code that whoever visited leaves behind: on
-- the phone as a QR code, or on a slip at the door.

CREATE TABLE rating_code (
	district text NOT NULL,
	token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
	resident text NOT NULL,
	day date NOT NULL,
	record uuid,
	made_at timestamptz NOT NULL DEFAULT now(),
	until timestamptz NOT NULL CHECK (until <= made_at + interval '100 days'),
	PRIMARY KEY (district, token_hash),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE rating_code IS 'Codes by which a visit is rated (评价码): of a record that was made on a phone, or of a slip for whoever comes to a resident on a day. The token itself is known to the phone or the paper alone. Nobody who serves reads them: trust.rate does.';
COMMENT ON COLUMN rating_code.token_hash IS 'SHA-256 of the token.';
COMMENT ON COLUMN rating_code.record IS 'The record that it came with; null: the slip is of whatever visit that day is recorded.';
CREATE INDEX rating_code_resident ON rating_code (district, resident);
CREATE INDEX rating_code_record ON rating_code (district, record) WHERE record IS NOT NULL;

CREATE TABLE visit_rating (
	district text NOT NULL,
	id text NOT NULL CHECK (id ~ '^g[0-9a-f]{32}$'),
	record uuid NOT NULL,
	rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
	said_by text NOT NULL CHECK (said_by IN ('resident', 'family')),
	first_at timestamptz NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, record) REFERENCES visit_record (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visit_rating IS 'How residents and families rate a visit, each code once; for a day they may change it.';
COMMENT ON COLUMN visit_rating.id IS 'Made of the digest of the code, from which it cannot be told.';
CREATE INDEX visit_rating_record ON visit_rating (district, record);

CREATE TABLE visit_rating_text (
	district text NOT NULL,
	rating text NOT NULL,
	words sealed NOT NULL,
	PRIMARY KEY (district, rating),
	FOREIGN KEY (district, rating) REFERENCES visit_rating (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visit_rating_text IS 'What was said with a rating, sealed.';

-- The engine adds codes and counts ratings, the desk reads what was said of whom it
-- sees by name; whoever rates has no session, and the gate lets their word in by a
-- function that answers yes or no.

ALTER TABLE rating_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON rating_code FOR INSERT TO sanse_engine WITH CHECK (true);
GRANT INSERT ON rating_code TO sanse_engine;

ALTER TABLE visit_rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine ON visit_rating FOR SELECT TO sanse_engine USING (true);
CREATE POLICY desk ON visit_rating FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_record w WHERE w.district = visit_rating.district AND w.id = visit_rating.record));
GRANT SELECT ON visit_rating TO sanse_engine, sanse_desk;

ALTER TABLE visit_rating_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON visit_rating_text FOR SELECT TO sanse_desk USING (
	EXISTS (SELECT FROM visit_rating g JOIN visit_record v ON v.district = g.district AND v.id = g.record
			JOIN resident_person p ON p.district = v.district AND p.resident = v.resident
		WHERE g.district = visit_rating_text.district AND g.id = visit_rating_text.rating));
GRANT SELECT ON visit_rating_text TO sanse_desk;

-- Of a visit the last rating heard on a call counts, else the last by a code.
GRANT SELECT (at) ON quality_call TO sanse_engine;

-- Whatever is wrong with a code, the answer is the same: not known, over, closed, or of
-- a visit that has not come in yet.
-- +goose StatementBegin
CREATE FUNCTION trust.rate(place text, hash bytea, stars smallint, who text, said bytea) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
	code rating_code;
	this text := 'g' || left(encode(sha256(hash), 'hex'), 32);
	visited uuid;
BEGIN
	SELECT * INTO code FROM rating_code c WHERE c.district = place AND c.token_hash = hash AND c.until > now();
	IF NOT FOUND OR EXISTS (SELECT FROM erased e WHERE e.district = place AND e.resident = code.resident) THEN
		RETURN false;
	END IF;
	visited := COALESCE(code.record, (SELECT v.id FROM visit_record v
		WHERE v.district = place AND v.resident = code.resident AND v.day = code.day AND v.result = 'seen'
			AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = place AND c.corrects = v.id)
		ORDER BY v.arrived, v.id LIMIT 1));
	IF visited IS NULL THEN
		RETURN false;
	END IF;
	INSERT INTO visit_rating AS g (district, id, record, rating, said_by, first_at, at) VALUES (place, this, visited, stars, who, now(), now())
	ON CONFLICT (district, id) DO UPDATE SET rating = EXCLUDED.rating, said_by = EXCLUDED.said_by, at = EXCLUDED.at
		WHERE g.first_at > now() - interval '1 day';
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	DELETE FROM visit_rating_text t WHERE t.district = place AND t.rating = this;
	IF said IS NOT NULL THEN
		INSERT INTO visit_rating_text (district, rating, words) VALUES (place, this, said);
	END IF;
	RETURN true;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION trust.rate(text, bytea, smallint, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.rate(text, bytea, smallint, text, bytea) TO sanse_gate;

-- +goose Down

DROP FUNCTION trust.rate(text, bytea, smallint, text, bytea);
REVOKE SELECT (at) ON quality_call FROM sanse_engine;
DROP TABLE visit_rating_text, visit_rating, rating_code;
