-- +goose Up

-- Every table that grows carries the district first in its primary key, and
-- every foreign key and join includes it, so that the same schema can be spread
-- over machines by create_distributed_table(…, 'district'). Codes, ids and words
-- of the domain are text; clock times are whole minutes since midnight, dates are
-- calendar days of the district's time zone, geometry is WGS 84 lon-lat, H3
-- cells are bigint.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE DOMAIN sealed AS bytea CHECK (octet_length(VALUE) >= 29);
COMMENT ON DOMAIN sealed IS 'Personal text, encrypted by the program (Tink AEAD, AES-256-GCM; the associated data names table, column, district and record). SQL never sees the clear text.';

CREATE TABLE key_check (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	proof sealed NOT NULL
);
COMMENT ON TABLE key_check IS 'One row, sealed with the key in use: tells a wrong key file before anything is written with it.';

-- The district and its ground -------------------------------------------------

CREATE TABLE district (
	code text PRIMARY KEY CHECK (code ~ '^[0-9]+$'),
	name text NOT NULL CHECK (name <> ''),
	time_zone text NOT NULL CHECK (time_zone <> ''),
	made_up boolean NOT NULL DEFAULT false,
	note text NOT NULL DEFAULT '',
	attribution text NOT NULL DEFAULT '',
	data_version bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE district IS 'The districts (区) of this store; every other record belongs to one.';
COMMENT ON COLUMN district.time_zone IS 'IANA name; says where a day begins.';
COMMENT ON COLUMN district.made_up IS 'The people, or the ground as well, are invented; note says which and is shown wherever the district is shown.';
COMMENT ON COLUMN district.data_version IS 'Raised by every transaction that writes to the district; part of tile addresses.';

CREATE TABLE area (
	district text NOT NULL REFERENCES district (code),
	code text NOT NULL CHECK (code ~ '^[0-9]+$'),
	level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
	parent text,
	PRIMARY KEY (district, code),
	CONSTRAINT area_parent_fkey FOREIGN KEY (district, parent) REFERENCES area (district, code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT area_parent_check CHECK (CASE WHEN parent IS NULL THEN level = 1 ELSE level > 1 AND code <> parent AND starts_with(code, parent) END)
);
COMMENT ON TABLE area IS 'Areas (区域) of every level: 1 district, 2 town, 3 community, 4 grid, 5 micro-grid. The code of a child begins with its parent''s.';
CREATE INDEX area_parent ON area (district, parent);
CREATE INDEX area_level ON area (district, level);

CREATE TABLE area_version (
	district text NOT NULL,
	area text NOT NULL,
	valid_from date NOT NULL,
	valid_to date,
	valid daterange GENERATED ALWAYS AS (daterange(valid_from, valid_to)) STORED,
	name text NOT NULL,
	special boolean NOT NULL DEFAULT false,
	boundary geometry(MultiPolygon, 4326) NOT NULL,
	cells bigint[] NOT NULL DEFAULT '{}',
	PRIMARY KEY (district, area, valid_from),
	FOREIGN KEY (district, area) REFERENCES area (district, code),
	CONSTRAINT area_version_valid_check CHECK (valid_to > valid_from),
	CONSTRAINT area_version_overlap EXCLUDE USING gist (district WITH =, area WITH =, valid WITH &&)
);
COMMENT ON TABLE area_version IS 'Dated boundaries of the areas; no two versions of one area share a day.';
COMMENT ON COLUMN area_version.valid_to IS 'The first day on which the version no longer holds; null: still holds.';
COMMENT ON COLUMN area_version.cells IS 'H3 cover of the boundary (grids, resolution 11), ascending: for drawing and weighing, never for membership. A list in the row: a cover is written and read as a whole.';
CREATE INDEX area_version_boundary ON area_version USING gist (boundary);

CREATE TABLE building (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	name text NOT NULL DEFAULT '',
	kind text NOT NULL DEFAULT '',
	address text NOT NULL DEFAULT '',
	units integer NOT NULL DEFAULT 0 CHECK (units >= 0),
	floors integer NOT NULL DEFAULT 0 CHECK (floors >= 0),
	boundary geometry(MultiPolygon, 4326) NOT NULL,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE building IS 'Buildings (楼栋): footprints with their units and floors; 0: not known.';
CREATE INDEX building_boundary ON building USING gist (boundary);

CREATE TABLE population (
	district text NOT NULL REFERENCES district (code),
	spot text NOT NULL,
	building text,
	cell bigint,
	households integer NOT NULL CHECK (households >= 0),
	people integer NOT NULL CHECK (people >= 0),
	over60 integer NOT NULL CHECK (over60 BETWEEN 0 AND people),
	over80 integer NOT NULL CHECK (over80 BETWEEN 0 AND over60),
	under18 integer NOT NULL CHECK (under18 BETWEEN 0 AND people - over60),
	disabled integer NOT NULL CHECK (disabled BETWEEN 0 AND people),
	place text NOT NULL DEFAULT '',
	grid text,
	micro_grid text,
	location geometry(Point, 4326) NOT NULL,
	PRIMARY KEY (district, spot),
	FOREIGN KEY (district, building) REFERENCES building (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code),
	FOREIGN KEY (district, micro_grid) REFERENCES area (district, code),
	CONSTRAINT population_spot_check CHECK ((building IS NULL) <> (cell IS NULL))
);
COMMENT ON TABLE population IS 'People counted in a building, or in an H3 cell where buildings are not known.';
COMMENT ON COLUMN population.spot IS 'The key: b and the building''s id, or c and the cell.';
COMMENT ON COLUMN population.grid IS 'Membership as geo decided it when the record was stored; null: not decided. The same holds for micro_grid.';
CREATE INDEX population_building ON population (district, building);
CREATE INDEX population_grid ON population (district, grid);
CREATE INDEX population_micro_grid ON population (district, micro_grid);
CREATE INDEX population_location ON population USING gist (location);

CREATE TABLE facility (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	name text NOT NULL,
	service text NOT NULL CHECK (service <> ''),
	capacity integer NOT NULL DEFAULT 0 CHECK (capacity >= 0),
	in_use integer NOT NULL DEFAULT 0 CHECK (in_use >= 0),
	status text NOT NULL CHECK (status IN ('open', 'idle', 'planned')),
	address text NOT NULL DEFAULT '',
	grid text,
	location geometry(Point, 4326) NOT NULL,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code)
);
COMMENT ON TABLE facility IS 'Service facilities (服务设施). A capacity of 0 is not known; in_use may exceed the capacity, which is an overload to be shown.';
CREATE INDEX facility_location ON facility USING gist (location);
CREATE INDEX facility_grid ON facility (district, grid);

CREATE TABLE street_version (
	district text NOT NULL REFERENCES district (code),
	version integer NOT NULL CHECK (version > 0),
	source text NOT NULL,
	attribution text NOT NULL DEFAULT '',
	imported timestamptz NOT NULL,
	graph bytea NOT NULL,
	PRIMARY KEY (district, version)
);
COMMENT ON TABLE street_version IS 'Walking networks as they were imported; the graph is in the binary form of package routing. The highest version is in use.';
ALTER TABLE street_version ALTER COLUMN graph SET STORAGE EXTERNAL;

CREATE TABLE street (
	district text NOT NULL,
	version integer NOT NULL,
	n integer NOT NULL,
	id bigint NOT NULL,
	class text NOT NULL,
	name text NOT NULL DEFAULT '',
	line geometry(LineString, 4326) NOT NULL,
	PRIMARY KEY (district, version, n),
	FOREIGN KEY (district, version) REFERENCES street_version (district, version) ON DELETE CASCADE
);
COMMENT ON TABLE street IS 'Streets and water as they are drawn; a way (id) may come in several pieces, n numbers them.';
CREATE INDEX street_line ON street USING gist (line);

-- People ------------------------------------------------------------------------

CREATE TABLE visitor (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	kind text NOT NULL CHECK (kind <> ''),
	tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 4),
	mode text NOT NULL CHECK (mode <> ''),
	capacity integer NOT NULL DEFAULT 0 CHECK (capacity >= 0),
	start_at geometry(Point, 4326) NOT NULL,
	end_at geometry(Point, 4326),
	name sealed,
	phone sealed,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE visitor IS 'Those who make visits (走访力量). Tier: 1 micro-grid, 2 grid, 3 master-grid, 4 task force. end_at null: the day ends at the last door. name and phone are sealed.';

CREATE TABLE visitor_scope (
	district text NOT NULL,
	visitor text NOT NULL,
	area text NOT NULL,
	n smallint NOT NULL,
	PRIMARY KEY (district, visitor, area),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, area) REFERENCES area (district, code)
);
COMMENT ON TABLE visitor_scope IS 'Areas in which a visitor may visit, in the order of the file (n).';
CREATE INDEX visitor_scope_area ON visitor_scope (district, area);

CREATE TABLE visitor_shift (
	district text NOT NULL,
	visitor text NOT NULL,
	weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
	from_minute smallint NOT NULL CHECK (from_minute >= 0),
	to_minute smallint NOT NULL CHECK (to_minute BETWEEN from_minute + 1 AND 1440),
	PRIMARY KEY (district, visitor, weekday, from_minute),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visitor_shift IS 'Hours for visits on a weekday (1 = Monday), patrol already taken out.';

CREATE TABLE visitor_day_off (
	district text NOT NULL,
	visitor text NOT NULL,
	day date NOT NULL,
	PRIMARY KEY (district, visitor, day),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE visitor_day_off IS 'Days on which a visitor does not work.';

CREATE TABLE resident (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	grade text NOT NULL CHECK (grade <> ''),
	location geometry(Point, 4326) NOT NULL,
	building text,
	unit text NOT NULL DEFAULT '',
	grid text NOT NULL,
	micro_grid text,
	declared text,
	minutes integer CHECK (minutes BETWEEN 1 AND 1440),
	enrolled date,
	id_hash bytea,
	name sealed,
	id_number sealed,
	phone sealed,
	address sealed,
	note sealed,
	PRIMARY KEY (district, id),
	CONSTRAINT resident_id_hash_key UNIQUE (district, id_hash),
	FOREIGN KEY (district, building) REFERENCES building (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code),
	FOREIGN KEY (district, micro_grid) REFERENCES area (district, code)
);
COMMENT ON TABLE resident IS 'Residents to be visited (关爱对象), one record a person. name, id_number, phone, address and note are sealed.';
COMMENT ON COLUMN resident.id_hash IS 'HMAC-SHA-256 of the ID number under the store''s key: tells that two records are one person without saying who.';
COMMENT ON COLUMN resident.grid IS 'Membership as geo decided it when the record was stored; the same holds for micro_grid. declared is the area code that the file itself names.';
COMMENT ON COLUMN resident.minutes IS 'Length of a visit; null: by grade.';
CREATE INDEX resident_grid ON resident (district, grid);
CREATE INDEX resident_micro_grid ON resident (district, micro_grid);
CREATE INDEX resident_building ON resident (district, building);
CREATE INDEX resident_location ON resident USING gist (location);

CREATE TABLE resident_kind (
	district text NOT NULL,
	resident text NOT NULL,
	kind text NOT NULL CHECK (kind <> ''),
	n smallint NOT NULL,
	PRIMARY KEY (district, resident, kind),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE resident_kind IS 'Kinds of a resident: lone elder, disabled, child in difficulty, …';

CREATE TABLE resident_absence (
	district text NOT NULL,
	resident text NOT NULL,
	from_day date NOT NULL,
	to_day date NOT NULL CHECK (to_day >= from_day),
	PRIMARY KEY (district, resident, from_day),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE resident_absence IS 'Days, both ends included, on which a resident is away and no rule runs.';

CREATE TABLE team (
	district text NOT NULL,
	resident text NOT NULL,
	visitor text NOT NULL,
	n smallint NOT NULL,
	PRIMARY KEY (district, resident, visitor),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE team IS 'The named visitors around a resident (包联小组, 五包一), best first (n).';
CREATE INDEX team_visitor ON team (district, visitor);

-- Rules and visits ----------------------------------------------------------------

CREATE TABLE policy (
	district text NOT NULL REFERENCES district (code),
	id text NOT NULL CHECK (id <> ''),
	grade text CHECK (grade <> ''),
	kind text CHECK (kind <> ''),
	every_days integer CHECK (every_days > 0),
	per_week integer CHECK (per_week BETWEEN 1 AND 7),
	per_month integer CHECK (per_month BETWEEN 1 AND 28),
	patterns jsonb,
	pause boolean NOT NULL DEFAULT false,
	from_day date,
	to_day date,
	PRIMARY KEY (district, id),
	CONSTRAINT policy_whom_check CHECK (num_nonnulls(grade, kind) = 1),
	CONSTRAINT policy_rule_check CHECK (num_nonnulls(every_days, per_week, per_month, NULLIF(pause, false)) = 1),
	CONSTRAINT policy_dates_check CHECK (to_day >= from_day)
);
COMMENT ON TABLE policy IS 'Visit rules (走访规则): whom (a grade or a kind), what (an interval, a weekly or monthly quota, or a pause), on which weekdays, from when to when.';

CREATE TABLE visit (
	district text NOT NULL,
	resident text NOT NULL,
	day date NOT NULL,
	done boolean NOT NULL,
	visitor text,
	grid text NOT NULL,
	PRIMARY KEY (district, resident, day, done),
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	FOREIGN KEY (district, grid) REFERENCES area (district, code)
);
COMMENT ON TABLE visit IS 'Visits of the past, done or missed; at most one of each for a resident and a day. grid is the resident''s on that day.';
CREATE INDEX visit_day ON visit (district, day);
CREATE INDEX visit_visitor ON visit (district, visitor);
CREATE INDEX visit_grid ON visit (district, grid);

-- Plans -----------------------------------------------------------------------------

CREATE TABLE plan (
	district text NOT NULL REFERENCES district (code),
	id bigint NOT NULL CHECK (id > 0),
	start_day date NOT NULL,
	days integer NOT NULL CHECK (days > 0),
	seed bigint NOT NULL,
	made_at timestamptz NOT NULL,
	is_current boolean NOT NULL,
	summary jsonb NOT NULL,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE plan IS 'Plans, numbered within the district; summary is the canonical summary.json.';
CREATE UNIQUE INDEX plan_current ON plan (district) WHERE is_current;

CREATE TABLE plan_itinerary (
	district text NOT NULL,
	plan bigint NOT NULL,
	visitor text NOT NULL,
	day date NOT NULL,
	depart smallint NOT NULL CHECK (depart BETWEEN 0 AND 1440),
	block text NOT NULL,
	return_seconds integer NOT NULL CHECK (return_seconds >= 0),
	route geometry(MultiLineString, 4326),
	PRIMARY KEY (district, plan, visitor, day, depart),
	FOREIGN KEY (district, plan) REFERENCES plan (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id),
	FOREIGN KEY (district, block) REFERENCES area (district, code)
);
COMMENT ON TABLE plan_itinerary IS 'Walks of a plan: one visitor, one shift, one block. depart is in minutes since midnight; route follows the streets, null where no street is known.';
CREATE INDEX plan_itinerary_day ON plan_itinerary (district, plan, day);
CREATE INDEX plan_itinerary_visitor ON plan_itinerary (district, visitor);
CREATE INDEX plan_itinerary_block ON plan_itinerary (district, block);

CREATE TABLE plan_stop (
	district text NOT NULL,
	plan bigint NOT NULL,
	visitor text NOT NULL,
	day date NOT NULL,
	depart smallint NOT NULL,
	n smallint NOT NULL CHECK (n > 0),
	resident text NOT NULL,
	arrive smallint NOT NULL CHECK (arrive >= depart),
	leave smallint NOT NULL CHECK (leave BETWEEN arrive AND 1440),
	walk_seconds integer NOT NULL CHECK (walk_seconds >= 0),
	due_by date NOT NULL,
	owed boolean NOT NULL,
	PRIMARY KEY (district, plan, visitor, day, depart, n),
	FOREIGN KEY (district, plan, visitor, day, depart) REFERENCES plan_itinerary (district, plan, visitor, day, depart) ON DELETE CASCADE,
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	CONSTRAINT plan_stop_once UNIQUE (district, plan, resident, day)
);
COMMENT ON TABLE plan_stop IS 'Visits of a walk in their order n; arrive and leave in minutes since midnight; at most one visit for a resident and a day.';
CREATE INDEX plan_stop_resident ON plan_stop (district, resident);

CREATE TABLE plan_unplanned (
	district text NOT NULL,
	plan bigint NOT NULL,
	n integer NOT NULL,
	resident text NOT NULL,
	due_by date NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	detail text NOT NULL,
	owed boolean NOT NULL,
	visitor text,
	day date,
	minutes_short integer NOT NULL DEFAULT 0 CHECK (minutes_short >= 0),
	PRIMARY KEY (district, plan, n),
	FOREIGN KEY (district, plan) REFERENCES plan (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, resident) REFERENCES resident (district, id),
	FOREIGN KEY (district, visitor) REFERENCES visitor (district, id)
);
COMMENT ON TABLE plan_unplanned IS 'Visits that a plan does not make, with the reason: a lapse each, or (owed) a debt that is not caught up in time.';
COMMENT ON COLUMN plan_unplanned.visitor IS 'With day: the shift that comes nearest to holding the visit; minutes_short is what it lacks. Null where the reason is not about time.';
CREATE INDEX plan_unplanned_resident ON plan_unplanned (district, resident);
CREATE INDEX plan_unplanned_visitor ON plan_unplanned (district, visitor);

-- Coverage ----------------------------------------------------------------------------

CREATE TABLE coverage_run (
	district text NOT NULL REFERENCES district (code),
	id bigint NOT NULL CHECK (id > 0),
	day date NOT NULL,
	minutes integer NOT NULL CHECK (minutes > 0),
	metres_per_second double precision NOT NULL CHECK (metres_per_second > 0),
	street_version integer NOT NULL,
	made_at timestamptz NOT NULL,
	PRIMARY KEY (district, id),
	FOREIGN KEY (district, street_version) REFERENCES street_version (district, version)
);
COMMENT ON TABLE coverage_run IS 'Computations of coverage: for which day, walking speed and minutes, on which streets. The highest id is in use.';

CREATE TABLE service_circle (
	district text NOT NULL,
	run bigint NOT NULL,
	facility text NOT NULL,
	boundary geometry(MultiPolygon, 4326) NOT NULL,
	people integer NOT NULL CHECK (people >= 0),
	residents integer NOT NULL CHECK (residents >= 0),
	area_km2 double precision NOT NULL CHECK (area_km2 >= 0),
	PRIMARY KEY (district, run, facility),
	FOREIGN KEY (district, run) REFERENCES coverage_run (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, facility) REFERENCES facility (district, id)
);
COMMENT ON TABLE service_circle IS 'Service circles (15分钟服务圈): what can be reached from a facility on foot, valid for the day, minutes and speed of the run.';
CREATE INDEX service_circle_boundary ON service_circle USING gist (boundary);
CREATE INDEX service_circle_facility ON service_circle (district, facility);

CREATE TABLE coverage_cell (
	district text NOT NULL,
	run bigint NOT NULL,
	service text NOT NULL,
	cell bigint NOT NULL,
	seconds integer NOT NULL CHECK (seconds >= 0),
	PRIMARY KEY (district, run, service, cell),
	FOREIGN KEY (district, run) REFERENCES coverage_run (district, id) ON DELETE CASCADE
);
COMMENT ON TABLE coverage_cell IS 'H3 cells within reach of a service: walking seconds to the nearest facility.';

CREATE TABLE coverage_area (
	district text NOT NULL,
	run bigint NOT NULL,
	area text NOT NULL,
	service text NOT NULL,
	people integer NOT NULL CHECK (people >= 0),
	people_covered integer NOT NULL CHECK (people_covered BETWEEN 0 AND people),
	over60 integer NOT NULL CHECK (over60 >= 0),
	over60_covered integer NOT NULL CHECK (over60_covered BETWEEN 0 AND over60),
	residents integer NOT NULL CHECK (residents >= 0),
	residents_covered integer NOT NULL CHECK (residents_covered BETWEEN 0 AND residents),
	PRIMARY KEY (district, run, area, service),
	FOREIGN KEY (district, run) REFERENCES coverage_run (district, id) ON DELETE CASCADE,
	FOREIGN KEY (district, area) REFERENCES area (district, code)
);
COMMENT ON TABLE coverage_area IS 'People and enrolled residents of an area, and how many of them are within reach of a service.';
CREATE INDEX coverage_area_area ON coverage_area (district, area);

-- What was imported -----------------------------------------------------------------

CREATE TABLE import_log (
	district text NOT NULL REFERENCES district (code),
	id bigint NOT NULL CHECK (id > 0),
	kind text NOT NULL CHECK (kind <> ''),
	source text NOT NULL,
	crs text NOT NULL DEFAULT '',
	rows_read bigint NOT NULL CHECK (rows_read >= 0),
	rows_stored bigint NOT NULL CHECK (rows_stored >= 0),
	rows_refused bigint NOT NULL CHECK (rows_refused >= 0),
	at timestamptz NOT NULL,
	PRIMARY KEY (district, id)
);
COMMENT ON TABLE import_log IS 'Files that were imported: base name, system of coordinates, rows read, stored and refused. Never a value of a row.';

-- +goose Down

DROP TABLE import_log, coverage_area, coverage_cell, service_circle, coverage_run,
	plan_unplanned, plan_stop, plan_itinerary, plan, visit, policy, team,
	resident_absence, resident_kind, resident, visitor_day_off, visitor_shift,
	visitor_scope, visitor, street, street_version, facility, population, building,
	area_version, area, district, key_check;
DROP DOMAIN sealed;
