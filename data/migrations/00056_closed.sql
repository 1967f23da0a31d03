-- +goose Up

-- Those who work here have an end too: a visitor who has left, and an account that
-- was disabled. Who they were goes when its time is over; the id stays, for counts
-- and for the audit.

ALTER TABLE visitor ADD COLUMN left_on date;
COMMENT ON COLUMN visitor.left_on IS 'The day from which they no longer visit; null: they do. Who has left has no areas, no hours and no skills.';

ALTER TABLE account ADD COLUMN closed_at timestamptz;
COMMENT ON COLUMN account.closed_at IS 'When its time was over: nothing is left of it but the id. It is never opened again.';
ALTER TABLE account ADD CONSTRAINT account_closed_check CHECK (closed_at IS NULL OR disabled_at IS NOT NULL AND NOT totp_on AND recovery = '{}'
	AND num_nonnulls(name, issuer, subject, password, totp, pin) = 0);

-- +goose Down

ALTER TABLE account DROP COLUMN closed_at;
ALTER TABLE visitor DROP COLUMN left_on;
