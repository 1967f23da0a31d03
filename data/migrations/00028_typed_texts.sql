-- +goose Up

-- What people type is sealed, whoever they are: why somebody was given a role, and
-- what a browser calls itself. Reasons that are there are sealed by the program,
-- which has the key, as soon as the schema is brought up to date (sealReasons);
-- what browsers called themselves is forgotten. A change of type writes the table
-- anew, so that no page of it holds the old text.

ALTER TABLE account_grant RENAME COLUMN reason TO reason_clear;
ALTER TABLE account_grant ADD COLUMN reason sealed;
COMMENT ON COLUMN account_grant.reason IS 'Why it was given, sealed.';
ALTER TABLE session ALTER COLUMN agent DROP DEFAULT, ALTER COLUMN agent DROP NOT NULL, ALTER COLUMN agent TYPE sealed USING NULL;
COMMENT ON COLUMN session.agent IS 'What the browser calls itself, sealed.';

-- +goose Down

ALTER TABLE account_grant DROP COLUMN reason, DROP COLUMN IF EXISTS reason_clear;
ALTER TABLE account_grant ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE session ALTER COLUMN agent TYPE text USING '', ALTER COLUMN agent SET DEFAULT '', ALTER COLUMN agent SET NOT NULL;
