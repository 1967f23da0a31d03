-- +goose Up

-- Who comes for a need alone, as a provider does, is not told of visits, nor of who
-- covers them.

CREATE POLICY served ON ladder AS RESTRICTIVE FOR SELECT TO sanse_desk USING (resident <> ALL ((SELECT trust.merely('served'))::text[]));

-- +goose Down

DROP POLICY served ON ladder;
