-- An order keeps the name and the colour under which it was made: shops can be branded.

ALTER TABLE orders ADD COLUMN shop_name TEXT NOT NULL DEFAULT 'Selat Coffee Roasters';
ALTER TABLE orders ADD COLUMN shop_colour TEXT NOT NULL DEFAULT '';
