-- Built beside the writes; this file runs outside a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total ON orders (total);
