-- +goose Up

-- Micro-grids that share a building list their units in it, and areas of several
-- parts say how many. Both belong to a version and hold from its day on.

ALTER TABLE area_version
	ADD COLUMN parts integer NOT NULL DEFAULT 0 CHECK (parts >= 0),
	ADD COLUMN units text NOT NULL DEFAULT '';
COMMENT ON COLUMN area_version.parts IS 'How many parts the area is declared to have; 0 stands for 1.';
COMMENT ON COLUMN area_version.units IS 'Units of buildings that a micro-grid has (B12:1-3,5;B13:2), in the one way in which geo writes them; they beat the boundary. A text in the row: read and written as a whole, decided upon by geo alone.';

ALTER TABLE draft_area
	ADD COLUMN parts integer NOT NULL DEFAULT 0 CHECK (parts >= 0),
	ADD COLUMN units text NOT NULL DEFAULT '';
COMMENT ON COLUMN draft_area.units IS 'As area_version.units.';

-- +goose Down

ALTER TABLE draft_area DROP COLUMN units, DROP COLUMN parts;
ALTER TABLE area_version DROP COLUMN units, DROP COLUMN parts;
