-- +goose Up

-- Envelope encryption: what is personal is sealed with a data key of its
-- district, the data keys lie here wrapped by a key-encryption key that is never
-- in the database. A sealed value names its key: byte 2, the key's number in four
-- bytes, then what the suite made. Values that begin with byte 1 are from before
-- and were sealed with the key file's own key; `sanse keys reseal` moves them.

-- Numbers are never used again, not even in another district: a key that a
-- process has at hand is the one that a value means, whatever has happened since.
CREATE SEQUENCE data_key_n AS bigint MAXVALUE 4294967295;

CREATE TABLE data_key (
	district text NOT NULL,
	n bigint NOT NULL CHECK (n BETWEEN 1 AND 4294967295),
	use text NOT NULL CHECK (use IN ('seal', 'hash', 'mark', 'first')),
	suite text NOT NULL CHECK (suite <> ''),
	wrapped bytea NOT NULL,
	kek text NOT NULL CHECK (kek <> ''),
	made_at timestamptz NOT NULL DEFAULT now(),
	retired_at timestamptz,
	PRIMARY KEY (district, n)
);
COMMENT ON TABLE data_key IS 'Data keys of a district, wrapped. The highest number of a use that is not retired is the one in use; none is ever taken away, for late writers and the audit, which outlives its district, may need it.';
COMMENT ON COLUMN data_key.use IS 'seal: personal text. hash: keyed hash of ID numbers. mark: what must stay comparable for good. first: the key file''s own key, for values from before there were data keys.';
COMMENT ON COLUMN data_key.suite IS 'Ciphers of the key: aes (AES-256-GCM, HMAC-SHA-256) or sm (SM4-GCM, HMAC-SM3).';
COMMENT ON COLUMN data_key.wrapped IS 'District, number, use, suite and the key, encrypted with the key-encryption key.';
COMMENT ON COLUMN data_key.kek IS 'Which key-encryption key wrapped it; tells nothing of it.';
COMMENT ON COLUMN data_key.retired_at IS 'When nothing was sealed with it any more.';

-- A KMS wraps in forms of its own.
ALTER TABLE key_check ALTER COLUMN proof TYPE bytea;
ALTER TABLE key_check ADD COLUMN kek text;
COMMENT ON TABLE key_check IS 'One row, sealed with the key-encryption key in use: tells a wrong key before anything is written with it.';
COMMENT ON COLUMN key_check.kek IS 'Which key-encryption key that is; null: the key file from before there were data keys.';

ALTER DOMAIN sealed ADD CONSTRAINT sealed_form CHECK (get_byte(VALUE, 0) IN (1, 2));
COMMENT ON DOMAIN sealed IS 'Personal text, encrypted by the program with a data key of the district; the associated data names table, column, district and record. SQL never sees the clear text.';

-- Wrapped keys are of no use without the key-encryption key. Who serves reads
-- them and makes none.
-- +goose StatementBegin
DO $$
DECLARE r text;
BEGIN
	FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('sanse_engine', 'sanse_desk', 'sanse_gate') LOOP
		EXECUTE format('GRANT SELECT ON data_key, key_check TO %I', r);
	END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down

-- What is sealed with data keys cannot be read after this.
DROP TABLE data_key;
DROP SEQUENCE data_key_n;
ALTER TABLE key_check DROP COLUMN kek;
ALTER DOMAIN sealed DROP CONSTRAINT sealed_form;
COMMENT ON DOMAIN sealed IS 'Personal text, encrypted by the program (Tink AEAD, AES-256-GCM; the associated data names table, column, district and record). SQL never sees the clear text.';
