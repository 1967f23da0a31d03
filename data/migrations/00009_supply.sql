-- +goose Up

-- Who gives services at people's homes.

CREATE TABLE provider (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	name text NOT NULL,
	services text[] NOT NULL CHECK (cardinality(services) > 0),
	capacity integer NOT NULL DEFAULT 0 CHECK (capacity >= 0),
	hours jsonb CHECK (jsonb_typeof(hours) = 'array'),
	location geometry(Point, 4326),
	radius integer NOT NULL DEFAULT 0 CHECK (radius >= 0),
	PRIMARY KEY (district, id),
	CONSTRAINT provider_around_check CHECK (radius = 0 OR location IS NOT NULL)
);
COMMENT ON TABLE provider IS 'Providers of services at home (服务商).';
COMMENT ON COLUMN provider.services IS 'What it does: keys of the vocabularies of skills and services, or the district''s own words.';
COMMENT ON COLUMN provider.capacity IS 'Services a week; 0: not known.';
COMMENT ON COLUMN provider.hours IS 'As facility.hours.';
COMMENT ON COLUMN provider.radius IS 'Metres in a straight line from location within which it comes; 0: no bound.';
CREATE INDEX provider_location ON provider USING gist (location);

CREATE TABLE provider_scope (
	district text NOT NULL,
	provider text NOT NULL,
	area text NOT NULL,
	PRIMARY KEY (district, provider, area),
	FOREIGN KEY (district, provider) REFERENCES provider (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, area) REFERENCES area (district, code)
);
COMMENT ON TABLE provider_scope IS 'Areas in which a provider works; none: the whole district.';
CREATE INDEX provider_scope_area ON provider_scope (district, area);

CREATE TABLE provider_worker (
	district text NOT NULL,
	provider text NOT NULL,
	visitor text NOT NULL,
	n smallint NOT NULL,
	PRIMARY KEY (district, provider, visitor),
	FOREIGN KEY (district, provider) REFERENCES provider (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE provider_worker IS 'Visitors who work for a provider and whose days Sanse plans; none: the provider plans its own.';
CREATE INDEX provider_worker_visitor ON provider_worker (district, visitor);

-- What residents need, from assessment, and what each need was matched to.

CREATE TABLE need (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	resident text NOT NULL,
	service text NOT NULL CHECK (service <> ''),
	rules jsonb NOT NULL,
	place text NOT NULL CHECK (place IN ('either', 'home', 'facility')),
	minutes integer NOT NULL DEFAULT 0 CHECK (minutes BETWEEN 0 AND 1440),
	hours jsonb CHECK (jsonb_typeof(hours) = 'array'),
	kind text NOT NULL DEFAULT '',
	source text NOT NULL DEFAULT '',
	from_day date NOT NULL,
	to_day date,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	CONSTRAINT need_dates_check CHECK (to_day >= from_day)
);
COMMENT ON TABLE need IS 'Needs (需求): a resident, a service and how often, from an assessment.';
COMMENT ON COLUMN need.rules IS 'How often, as task.rules.';
COMMENT ON COLUMN need.place IS 'Whether the service is to be given at home, at a facility, or either.';
COMMENT ON COLUMN need.minutes IS 'How long one service takes at home; 0: what is usual.';
COMMENT ON COLUMN need.hours IS 'When the resident can; null: at any time.';
COMMENT ON COLUMN need.kind IS 'The kind of resident that it follows from; empty: not said.';
COMMENT ON COLUMN need.source IS 'The assessment. Nothing personal.';
COMMENT ON COLUMN need.from_day IS 'The first day on which the resident needs it; to_day is the last, null for good.';
CREATE INDEX need_resident ON need (district, resident);

CREATE TABLE need_match (
	district text NOT NULL,
	need text NOT NULL,
	n integer NOT NULL CHECK (n > 0),
	by_hand boolean NOT NULL,
	facility text,
	provider text,
	seconds integer CHECK (seconds >= 0),
	from_day date NOT NULL,
	made_at timestamptz NOT NULL,
	reason text NOT NULL DEFAULT '',
	forced boolean NOT NULL DEFAULT false,
	PRIMARY KEY (district, need, n),
	FOREIGN KEY (district, need) REFERENCES need (district, id),
	FOREIGN KEY (district, facility) REFERENCES facility (district, id),
	FOREIGN KEY (district, provider) REFERENCES provider (district, id),
	CONSTRAINT need_match_one_check CHECK (num_nonnulls(facility, provider) < 2),
	CONSTRAINT need_match_hand_check CHECK (NOT by_hand OR reason <> '')
);
COMMENT ON TABLE need_match IS 'What each need was matched to, one row after the other (n): the last holds, and each one ends when the next begins. Rows are added and never changed. Neither facility nor provider: unmatched from then on.';
COMMENT ON COLUMN need_match.seconds IS 'The walk to the facility; null: at home, or not reached on foot.';
COMMENT ON COLUMN need_match.reason IS 'By hand: why, in words. By a proposal: the code of why it is unmatched, empty if it is matched.';
COMMENT ON COLUMN need_match.forced IS 'By hand, against what was refused: there was no room, or it was out of reach.';
CREATE INDEX need_match_facility ON need_match (district, facility);
CREATE INDEX need_match_provider ON need_match (district, provider);

-- +goose Down

DROP TABLE need_match, need, provider_worker, provider_scope, provider;
