CREATE TABLE inspector_steps (
    step_id TEXT PRIMARY KEY,
    reference_id TEXT NOT NULL,
    visitor TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times BIGINT NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL
);

CREATE INDEX inspector_of_an_order ON inspector_steps (reference_id, first_at);

CREATE INDEX inspector_of_a_visitor ON inspector_steps (visitor, first_at);

CREATE INDEX inspector_by_age ON inspector_steps (last_at);
