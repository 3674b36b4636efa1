-- The query of the presenter's own brand, which phones that join put on.

ALTER TABLE rooms ADD COLUMN brand TEXT NOT NULL DEFAULT '';
