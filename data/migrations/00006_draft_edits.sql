-- +goose Up

-- Areas of a draft that edits leave alone, and changes that a search draws or
-- that mend findings.

CREATE TABLE draft_lock (
	district text NOT NULL,
	draft bigint NOT NULL,
	area text NOT NULL CHECK (area ~ '^[0-9]+$'),
	PRIMARY KEY (district, draft, area),
	FOREIGN KEY (district, draft) REFERENCES draft (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE draft_lock IS 'Areas of a draft that are locked: no edit and no drawing touches them, nor what lies in them.';
COMMENT ON COLUMN draft_lock.area IS 'A code of the district, or one that the draft creates.';

ALTER TABLE draft_change DROP CONSTRAINT draft_change_kind_check;
ALTER TABLE draft_change ADD CONSTRAINT draft_change_kind_check
	CHECK (kind IN ('reshape', 'create', 'retire', 'merge', 'split', 'rename', 'recode', 'draw', 'mend'));

-- +goose Down

UPDATE draft_change SET kind = 'reshape' WHERE kind IN ('draw', 'mend');
ALTER TABLE draft_change DROP CONSTRAINT draft_change_kind_check;
ALTER TABLE draft_change ADD CONSTRAINT draft_change_kind_check
	CHECK (kind IN ('reshape', 'create', 'retire', 'merge', 'split', 'rename', 'recode'));
DROP TABLE draft_lock;
