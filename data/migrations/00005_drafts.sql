-- +goose Up

-- Drafts of boundaries, their publication, and where codes came from. A draft
-- is a list of changes on the boundaries of a day, each holding the whole
-- boundaries of the areas that it touches; undo and redo move the place in that
-- list. A publication writes new dated versions and is kept for good.

CREATE TABLE draft (
	district text NOT NULL REFERENCES district (code),
	id bigint NOT NULL CHECK (id > 0),
	name text NOT NULL CHECK (name <> ''),
	note text NOT NULL DEFAULT '',
	base_day date NOT NULL,
	base_version bigint NOT NULL,
	state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'published', 'dropped')),
	version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
	position integer NOT NULL DEFAULT 0 CHECK (position >= 0),
	created_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE draft IS 'Named sets of changes to boundaries that are not published yet.';
COMMENT ON COLUMN draft.base_day IS 'The day whose boundaries the changes are made on.';
COMMENT ON COLUMN draft.base_version IS 'The data version of the district when those boundaries were taken.';
COMMENT ON COLUMN draft.version IS 'Raised by every edit, undo and redo included: whoever edits must name it.';
COMMENT ON COLUMN draft.position IS 'How many of the changes hold; those after it were undone.';

CREATE TABLE draft_base (
	district text NOT NULL,
	draft bigint NOT NULL,
	area text NOT NULL,
	digest text NOT NULL,
	PRIMARY KEY (district, draft, area),
	FOREIGN KEY (district, draft) REFERENCES draft (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, area) REFERENCES area (district, code)
);
COMMENT ON TABLE draft_base IS 'What each area was when the draft was begun: a digest of boundary, name and kind, to tell later what others have changed.';
CREATE INDEX draft_base_area ON draft_base (district, area);

CREATE TABLE draft_change (
	district text NOT NULL,
	draft bigint NOT NULL,
	seq integer NOT NULL CHECK (seq > 0),
	kind text NOT NULL CHECK (kind IN ('reshape', 'create', 'retire', 'merge', 'split', 'rename', 'recode')),
	made_at timestamptz NOT NULL,
	PRIMARY KEY (district, draft, seq),
	FOREIGN KEY (district, draft) REFERENCES draft (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE draft_change IS 'Changes of a draft in their order, 1 and up.';

CREATE TABLE draft_area (
	district text NOT NULL,
	draft bigint NOT NULL,
	seq integer NOT NULL,
	area text NOT NULL CHECK (area ~ '^[0-9]+$'),
	level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
	parent text NOT NULL DEFAULT '',
	name text NOT NULL DEFAULT '',
	special boolean NOT NULL DEFAULT false,
	boundary geometry(MultiPolygon, 4326),
	PRIMARY KEY (district, draft, seq, area),
	FOREIGN KEY (district, draft, seq) REFERENCES draft_change (district, draft, seq) ON DELETE CASCADE
);
COMMENT ON TABLE draft_area IS 'The areas that a change touches, as they are after it.';
COMMENT ON COLUMN draft_area.area IS 'A code of the district, or one that the draft creates.';
COMMENT ON COLUMN draft_area.boundary IS 'Null: the change retires the area.';
CREATE INDEX draft_area_boundary ON draft_area USING gist (boundary);
CREATE INDEX draft_area_code ON draft_area (district, area);

CREATE TABLE draft_lineage (
	district text NOT NULL,
	draft bigint NOT NULL,
	seq integer NOT NULL,
	from_area text NOT NULL,
	to_area text NOT NULL,
	PRIMARY KEY (district, draft, seq, from_area, to_area),
	FOREIGN KEY (district, draft, seq) REFERENCES draft_change (district, draft, seq) ON DELETE CASCADE
);
COMMENT ON TABLE draft_lineage IS 'Which area came from which in a split or a merge of a draft; one that goes on names itself.';

CREATE TABLE draft_edit (
	district text NOT NULL,
	draft bigint NOT NULL,
	version bigint NOT NULL,
	verb text NOT NULL CHECK (verb <> ''),
	areas text[] NOT NULL DEFAULT '{}',
	made_at timestamptz NOT NULL,
	PRIMARY KEY (district, draft, version),
	FOREIGN KEY (district, draft) REFERENCES draft (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE draft_edit IS 'What made each version of a draft and which areas it touched: told to whoever edits an older version.';

CREATE TABLE publication (
	district text NOT NULL REFERENCES district (code),
	id bigint NOT NULL CHECK (id > 0),
	draft bigint,
	back_to date,
	effective date NOT NULL,
	published_at timestamptz NOT NULL,
	PRIMARY KEY (district, id),
	UNIQUE (district, effective),
	FOREIGN KEY (district, draft) REFERENCES draft (district, id),
	CONSTRAINT publication_what_check CHECK (num_nonnulls(draft, back_to) = 1)
);
COMMENT ON TABLE publication IS 'Boundaries that were published: a draft, or those of an earlier day once more (a roll-back).';
COMMENT ON COLUMN publication.effective IS 'The boundaries hold from this midnight on.';
CREATE INDEX publication_draft ON publication (district, draft);

CREATE TABLE area_lineage (
	district text NOT NULL,
	publication bigint NOT NULL,
	from_area text NOT NULL,
	to_area text NOT NULL,
	PRIMARY KEY (district, publication, from_area, to_area),
	FOREIGN KEY (district, publication) REFERENCES publication (district, id),
	FOREIGN KEY (district, from_area) REFERENCES area (district, code),
	FOREIGN KEY (district, to_area) REFERENCES area (district, code)
);
COMMENT ON TABLE area_lineage IS 'Which area came from which in a publication, kept for good: of every area that ended or was divided, those that took its ground, itself included where it goes on.';
CREATE INDEX area_lineage_from ON area_lineage (district, from_area);
CREATE INDEX area_lineage_to ON area_lineage (district, to_area);

-- A scope that was given before boundaries changed follows the lineage of its
-- areas; one that was given since is taken at its word.
ALTER TABLE visitor_scope ADD COLUMN given_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN visitor_scope.given_at IS 'When the visitor was last stored. Boundaries that came into force later widen or move the scope by lineage.';

-- +goose Down

ALTER TABLE visitor_scope DROP COLUMN given_at;
DROP TABLE area_lineage, publication, draft_edit, draft_lineage, draft_area, draft_change, draft_base, draft;
