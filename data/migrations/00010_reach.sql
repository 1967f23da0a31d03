-- +goose Up

-- Who reaches what is measured when it is asked for, at any pace and hour
-- (package reports/reach), so circles and cells of one pace are not kept. What is
-- kept are the counts by area of each run, which boards read.

DROP TABLE coverage_cell, service_circle;

-- +goose Down

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
