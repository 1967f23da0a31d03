-- +goose Up

-- Which roles must have a second factor, beside administrators and planners, who
-- always must: the district's choice.

CREATE TABLE factor_role (
	district text NOT NULL REFERENCES district (code),
	role text NOT NULL CHECK (role IN ('worker', 'leader', 'official', 'department', 'task_force', 'provider', 'auditor')),
	basis text NOT NULL CHECK (basis <> ''),
	set_by text NOT NULL DEFAULT '',
	set_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (district, role)
);
COMMENT ON TABLE factor_role IS 'Roles that must have a second factor (第二因素) because the district says so. Administrators and planners must whatever it says.';
GRANT SELECT, INSERT, UPDATE, DELETE ON factor_role TO sanse_gate;
CREATE TRIGGER factor_role_tell AFTER INSERT OR UPDATE OR DELETE ON factor_role FOR EACH ROW EXECUTE FUNCTION trust.tell();

-- +goose Down

DROP TABLE factor_role;
