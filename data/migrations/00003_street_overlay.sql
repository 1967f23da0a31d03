-- +goose Up

-- A district's own changes to the streets, laid over what was imported. Each
-- import of such a file is kept; the changes carry their own dates. A walking
-- network is either a base, as imported, or a base with the changes of one
-- overlay that were in force when it was made.

CREATE TABLE street_overlay (
	district text NOT NULL REFERENCES district (code),
	version integer NOT NULL CHECK (version > 0),
	source text NOT NULL,
	imported timestamptz NOT NULL,
	changes bytea NOT NULL,
	PRIMARY KEY (district, version)
);
COMMENT ON TABLE street_overlay IS 'What a district adds to, closes or opens on the imported streets: the file (GeoJSON) as it was imported, dates and all. The highest version is in use.';

ALTER TABLE street_version
	ADD COLUMN base integer,
	ADD COLUMN overlay integer,
	ADD COLUMN in_force text NOT NULL DEFAULT '',
	ADD FOREIGN KEY (district, base) REFERENCES street_version (district, version),
	ADD FOREIGN KEY (district, overlay) REFERENCES street_overlay (district, version);
COMMENT ON COLUMN street_version.base IS 'The version whose streets these are with changes laid over; null for streets as imported.';
COMMENT ON COLUMN street_version.in_force IS 'A digest of the changes that are in this network; empty for none.';

-- +goose Down

ALTER TABLE street_version DROP COLUMN base, DROP COLUMN overlay, DROP COLUMN in_force;
DROP TABLE street_overlay;
